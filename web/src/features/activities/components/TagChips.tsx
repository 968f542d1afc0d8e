import { useTranslation } from "react-i18next";
import { $api, type Schemas } from "@/lib/api";
import { useFormat } from "@/lib/useFormat";
import { Chip } from "@/ui/Chip";

/** Tags and their values by name. */
export function TagChips({ tags }: { tags: Schemas["ActivityTagView"][] }) {
  const { t } = useTranslation("activities");
  const { pick } = useFormat();
  const { data } = $api.useQuery("get", "/api/tags", {});
  if (tags.length === 0) return <span className="soft">{t("no_tags")}</span>;
  const nameOf = ({ tag, value }: Schemas["ActivityTagView"]) => {
    const known = data?.items.find(({ id }) => id === tag);
    const name = known ? pick(known.name_zh, known.name_en) : tag;
    if (known?.form === "flag") return name;
    const label = known?.values.find((one) => one.value === value);
    return `${name} · ${label ? pick(label.label_zh, label.label_en) : value}`;
  };
  return (
    <span className="row">
      {tags.map((one) => (
        <Chip key={`${one.tag}=${one.value}`} tone="accent">
          {nameOf(one)}
        </Chip>
      ))}
    </span>
  );
}
