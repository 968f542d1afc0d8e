import { Popover } from "antd";
import { useTranslation } from "react-i18next";
import { useRefresh } from "@/lib/queries";
import { useFormat } from "@/lib/useFormat";
import { useReason } from "@/lib/useReason";
import { Guarded } from "@/ui/Guarded";
import { Facts } from "@/ui/Page";
import { useSubmit } from "@/ui/useSubmit";
import { type PersonTag, removeTag } from "../api";
import { codeOf } from "../code";

type TagChipProps = { personId: string; tag: PersonTag };

/** One tag; pressing it tells the clause, the events and the end. */
export function TagChip({ personId, tag }: TagChipProps) {
  const { t } = useTranslation("profiles");
  const { pick } = useFormat();
  const name = pick(tag.name_zh, tag.name_en);
  const value = pick(tag.label_zh, tag.label_en) || tag.value;
  return (
    <Popover trigger="click" title={`${name} · ${value}`} content={<Why personId={personId} tag={tag} />}>
      <button type="button" className="chip" aria-label={`${name} ${value}, ${t("person.why_title")}`}>
        {tag.value === "true" ? (
          name
        ) : (
          <>
            <span className="of">{name}</span> {value}
          </>
        )}
      </button>
    </Popover>
  );
}

function Why({ personId, tag }: TagChipProps) {
  const { t } = useTranslation("profiles");
  const { pick, dateTime } = useFormat();
  const reason = useReason();
  const refresh = useRefresh();
  const { busy, submit } = useSubmit();
  const remove = async () => {
    if (await submit(() => removeTag(personId, tag.tag, tag.value))) await refresh("/api/people/{id}/tags");
  };
  const count = tag.why.events.length;
  const code = codeOf(tag);
  return (
    <div className="stack tight" style={{ maxWidth: 320 }}>
      <div>{pick(tag.why.clause_zh, tag.why.clause_en)}</div>
      <Facts
        items={[
          ...(code ? [{ label: t("person.code"), value: <code>{code}</code> }] : []),
          {
            label: t("person.source"),
            value: t(`person.sources.${tag.source}`, { defaultValue: tag.source }),
          },
          ...(count > 0 ? [{ label: t("person.events_title"), value: t("person.events", { count }) }] : []),
        ]}
      />
      <span className="faint">
        {tag.until ? t("person.until", { time: dateTime(tag.until) }) : t("person.forever")}
      </span>
      <span className="faint">{t("person.version", { version: tag.why.rule_version })}</span>
      {tag.source !== "computed" && (
        <div>
          <Guarded
            size="small"
            danger
            loading={busy}
            reason={reason("tags.edit")}
            onClick={() => void remove()}
          >
            {t("person.remove")}
          </Guarded>
        </div>
      )}
    </div>
  );
}
