import { useTranslation } from "react-i18next";
import { useFormat } from "@/lib/useFormat";
import { Chip } from "@/ui/Chip";
import type { Tag } from "../api";

/** The event kinds and record fields a tag can be told from, and which of them have been seen. */
export function Needs({ tag }: { tag: Tag }) {
  const { t } = useTranslation("profiles");
  const { pick } = useFormat();
  if (tag.needs.length === 0) return null;
  return (
    <div className="row" style={{ gap: 6 }}>
      <span className="faint">{t("needs")}</span>
      {tag.needs.map((need) => {
        const name = pick(need.name_zh, need.name_en);
        const state = t(need.seen ? "need_seen" : "need_missing");
        return (
          <Chip key={need.id} tone={need.seen ? "good" : "plain"} title={need.id}>
            {name} · {state}
          </Chip>
        );
      })}
    </div>
  );
}
