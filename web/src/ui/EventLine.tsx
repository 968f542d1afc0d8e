import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";
import type { MoneyValue } from "@/lib/format";
import type { EventNames } from "@/lib/lookups";
import { useFormat } from "@/lib/useFormat";
import { Chip } from "./Chip";

/** What the line shows of an event, whichever list it stands in. */
export type EventRow = {
  event_id: string;
  kind: string;
  at: string;
  amount?: MoneyValue | null;
  props: Record<string, unknown>;
  clinic_name?: string | null;
  source_name?: string | null;
  flagged?: boolean;
};

function isMoney(value: unknown): value is MoneyValue {
  return typeof value === "object" && value !== null && "minor" in value && "currency" in value;
}

const INSTANT = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(:\d{2}(\.\d+)?)?(Z|[+-]\d{2}:\d{2})$/;
/** Careloop's own ids (`seg_…`) tell a reader nothing; the name stands beside them. */
const OWN_ID = /^[a-z]{2,4}_[0-9a-z]{26}$/;

type EventLineProps = { event: EventRow; names: EventNames; after?: ReactNode };

/** One event: when, what, how much, where, and its properties without the empty ones and the noes. */
export function EventLine({ event, names, after }: EventLineProps) {
  const { t } = useTranslation();
  const format = useFormat();
  const shown = (name: string, value: unknown): string => {
    if (value === null || value === undefined) return "";
    if (isMoney(value)) return format.money(value);
    // What is not the case would crowd out what is.
    if (typeof value === "boolean") return value ? t("yes") : "";
    if (typeof value === "object") return JSON.stringify(value);
    if (typeof value === "string" && OWN_ID.test(value)) return "";
    if (typeof value === "string" && INSTANT.test(value)) return format.dateTime(value);
    return names.value(event.kind, name, String(value));
  };
  const props = Object.entries(event.props)
    .map(([name, value]) => [name, shown(name, value)] as const)
    .filter(([, text]) => text !== "");
  return (
    <>
      <time dateTime={event.at} className="num">
        {format.dateTime(event.at)}
      </time>
      <span className="dot" aria-hidden />
      <div className="entry">
        <div className="row" style={{ gap: "2px 10px" }}>
          <span className="strong" title={event.kind}>
            {names.kind(event.kind)}
          </span>
          {event.amount && <span className="num strong">{format.money(event.amount)}</span>}
          {event.flagged && <Chip tone="warn">{t("event.flagged")}</Chip>}
          <span className="faint">{[event.clinic_name, event.source_name].filter(Boolean).join(" · ")}</span>
        </div>
        {props.length > 0 && (
          <div className="row event-props">
            {props.map(([name, text]) => (
              <span key={name}>
                <span className="faint">{names.field(event.kind, name)}</span> {text}
              </span>
            ))}
          </div>
        )}
        {after}
      </div>
    </>
  );
}
