import { useTranslation } from "react-i18next";
import { useFormat } from "@/lib/useFormat";
import type { Tag } from "../api";

/** What a tag waits for: none of it has ever been seen in this chain, so there is nothing to count. */
export function WaitsFor({ tag }: { tag: Tag }) {
  const { t } = useTranslation("profiles");
  const { pick, list } = useFormat();
  const why = pick(tag.waiting_zh, tag.waiting_en);
  if (why) return <span className="soft">{t("models.waiting", { why })}</span>;
  const needs = list(tag.needs.map((need) => pick(need.name_zh, need.name_en)));
  return <span className="soft">{t("waits_for", { needs })}</span>;
}
