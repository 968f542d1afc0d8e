import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { codeOf } from "@/lib/code";
import { useFormat } from "@/lib/useFormat";
import { Facts } from "./Page";

type Held = {
  value: string;
  label_zh: string;
  label_en: string;
  source: string;
  until?: string | null;
  why: { clause_zh: string; clause_en: string; events: string[]; rule_version: number };
};
type Props = { tag: Held; children?: ReactNode };

/** Why somebody has a tag: the clause, how it was made, on how many events, until when, by which rules. */
export function TagReason({ tag, children }: Props) {
  const { t } = useTranslation();
  const { pick, dateTime } = useFormat();
  const count = tag.why.events.length;
  const code = codeOf(tag);
  return (
    <div className="stack tight" style={{ maxWidth: 320 }}>
      <div>{pick(tag.why.clause_zh, tag.why.clause_en)}</div>
      <Facts
        items={[
          ...(code ? [{ label: t("tag.code"), value: <code>{code}</code> }] : []),
          { label: t("tag.source"), value: t(`tag.sources.${tag.source}`, { defaultValue: tag.source }) },
          ...(count > 0 ? [{ label: t("tag.events_title"), value: t("tag.events", { count }) }] : []),
        ]}
      />
      <span className="faint">
        {tag.until ? t("tag.until", { time: dateTime(tag.until) }) : t("tag.forever")}
      </span>
      <span className="faint">{t("tag.version", { version: tag.why.rule_version })}</span>
      {children}
    </div>
  );
}
