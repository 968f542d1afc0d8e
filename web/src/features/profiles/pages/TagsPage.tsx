import { SearchOutlined } from "@ant-design/icons";
import { Input, Select } from "antd";
import { useTranslation } from "react-i18next";
import { Link, useUrlState } from "@/lib/navigation";
import { paths } from "@/lib/paths";
import { useFormat } from "@/lib/useFormat";
import { Chip } from "@/ui/Chip";
import { Page, Panel } from "@/ui/Page";
import { Empty, Loaded } from "@/ui/states";
import { type Tag, useTags } from "../api";
import { ValueBars } from "../components/ValueBars";

export function TagsPage() {
  const { t } = useTranslation("profiles");
  const tags = useTags();
  const [{ q, area }, set] = useUrlState({ q: "", area: "" });
  const areaName = (name: string) => t(`areas.${name}`, { defaultValue: name });
  const fits = (tag: Tag) =>
    (!area || tag.area === area) &&
    (!q || `${tag.id} ${tag.name_zh} ${tag.name_en}`.toLowerCase().includes(q.toLowerCase()));
  return (
    <Page title={t("title")} sub={t("sub")}>
      <Loaded query={tags}>
        {({ items }) => {
          const areas = [...new Set(items.map((tag) => tag.area))];
          const shown = items.filter(fits);
          return (
            <>
              <search className="filters">
                <Input
                  className="search"
                  allowClear
                  prefix={<SearchOutlined aria-hidden />}
                  aria-label={t("search")}
                  placeholder={t("search")}
                  value={q}
                  onChange={({ target }) => set({ q: target.value })}
                />
                <Select
                  aria-label={t("area")}
                  value={area}
                  style={{ minWidth: 160 }}
                  options={[
                    { value: "", label: t("all_areas") },
                    ...areas.map((value) => ({ value, label: areaName(value) })),
                  ]}
                  onChange={(value) => set({ area: value })}
                />
              </search>
              {shown.length === 0 && <Empty title={t("none")} />}
              {areas
                .map((name) => ({ name, tags: shown.filter((tag) => tag.area === name) }))
                .filter((group) => group.tags.length > 0)
                .map((group) => (
                  <section key={group.name} className="stack tight" aria-labelledby={`area-${group.name}`}>
                    <h2 id={`area-${group.name}`} style={{ fontSize: 15 }}>
                      {areaName(group.name)}
                    </h2>
                    <div className="tag-grid">
                      {heldFirst(group.tags).map((tag) => (
                        <TagCard key={tag.id} tag={tag} />
                      ))}
                    </div>
                  </section>
                ))}
            </>
          );
        }}
      </Loaded>
    </Page>
  );
}

const isHeld = (tag: Tag) => (tag.people ?? 0) > 0;
/** The library's order, with the tags that nobody has at the end. */
const heldFirst = (tags: Tag[]) => [...tags.filter(isHeld), ...tags.filter((tag) => !isHeld(tag))];

function TagCard({ tag }: { tag: Tag }) {
  const { t } = useTranslation("profiles");
  const { pick, percent } = useFormat();
  const name = pick(tag.name_zh, tag.name_en);
  return (
    <Panel>
      <div className="stack tight">
        <div className="row between">
          <Link className="strong" href={paths.tag(tag.id)}>
            {name}
          </Link>
          <span className="row" style={{ gap: 6 }}>
            {tag.waiting && <Chip tone="warn">{t("waiting")}</Chip>}
            <Chip>{t(`kinds.${tag.kind}`, { defaultValue: tag.kind })}</Chip>
          </span>
        </div>
        <div className="faint">{pick(tag.definition_zh, tag.definition_en)}</div>
        <ValueBars tag={tag} most={4} />
        {isHeld(tag) && <div className="faint">{t("coverage", { percent: percent(tag.coverage) })}</div>}
      </div>
    </Panel>
  );
}
