import { Popover } from "antd";
import { useTranslation } from "react-i18next";
import { useRefresh } from "@/lib/queries";
import { useFormat } from "@/lib/useFormat";
import { useReason } from "@/lib/useReason";
import { Guarded } from "@/ui/Guarded";
import { TagReason } from "@/ui/TagReason";
import { useSubmit } from "@/ui/useSubmit";
import { type PersonTag, removeTag } from "../api";

type TagChipProps = { personId: string; tag: PersonTag };

/** One tag; pressing it tells the clause, the events and the end. */
export function TagChip({ personId, tag }: TagChipProps) {
  const { t } = useTranslation("profiles");
  const { pick } = useFormat();
  const name = pick(tag.name_zh, tag.name_en);
  const value = pick(tag.label_zh, tag.label_en) || tag.value;
  return (
    <Popover trigger="click" title={`${name} · ${value}`} content={<Why personId={personId} tag={tag} />}>
      <button type="button" className="chip" aria-label={`${name} ${value}, ${t("common:tag.why_title")}`}>
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
  const reason = useReason();
  const refresh = useRefresh();
  const { busy, submit } = useSubmit();
  const remove = async () => {
    if (await submit(() => removeTag(personId, tag.tag, tag.value))) await refresh("/api/people/{id}/tags");
  };
  return (
    <TagReason tag={tag}>
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
    </TagReason>
  );
}
