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

const shown = (value: unknown): string =>
  value === null || value === undefined
    ? ""
    : typeof value === "object"
      ? JSON.stringify(value)
      : String(value);

type EventLineProps = { event: EventRow; names: EventNames; after?: ReactNode };

/** One event: when, what, how much, where, and its properties without the empty ones. */
export function EventLine({ event, names, after }: EventLineProps) {
  const { t } = useTranslation();
  const format = useFormat();
  const props = Object.entries(event.props).filter(([, value]) => shown(value) !== "");
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
            {props.map(([name, value]) => (
              <span key={name}>
                <span className="faint">{names.field(event.kind, name)}</span> {shown(value)}
              </span>
            ))}
          </div>
        )}
        {after}
      </div>
    </>
  );
}
