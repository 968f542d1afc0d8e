import { Segmented } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { listOf } from "@/lib/list";
import { Link, useGo, useUrlState } from "@/lib/navigation";
import { paths } from "@/lib/paths";
import { useFormat } from "@/lib/useFormat";
import { useReason } from "@/lib/useReason";
import { Chip } from "@/ui/Chip";
import { type Column, DataTable } from "@/ui/DataTable";
import { Guarded } from "@/ui/Guarded";
import { Page, Panel } from "@/ui/Page";
import { type Segment, useSegments, useVocabulary } from "../api";
import { CombineDialog } from "../components/CombineDialog";
import { NewListButton } from "../components/NewListButton";
import { RestoreButton } from "../components/RestoreButton";
import { useNames } from "../components/useNames";
import { parseRule } from "../rule";
import { sentenceOf } from "../sentence";

export function SegmentsPage() {
  const { t } = useTranslation("segments");
  const format = useFormat();
  const reason = useReason();
  const go = useGo();
  const names = useNames(useVocabulary().data);
  const says = (row: Segment) => {
    if (row.list) return row.description || t("lists.rule");
    const rule = parseRule(row.rule);
    return format.pick(row.description, row.description_en) || (rule ? sentenceOf(rule, names, t) : "");
  };
  const [{ show }, set] = useUrlState({ show: "live" });
  const archived = show === "archived";
  const link = (row: Segment) => (
    <>
      <Link className="strong" href={paths.segment(row.id)}>
        {format.pick(row.name, row.name_en)}
      </Link>{" "}
      {row.list && <Chip>{t("lists.list")}</Chip>}
    </>
  );
  const choose = (row: Segment) => t("common:choose", { name: format.pick(row.name, row.name_en) });
  const back: Column<Segment> = {
    key: "restore",
    title: t("actions"),
    render: (_, row) => <RestoreButton size="small" segment={row} />,
  };
  const count: Column<Segment> = {
    key: "count",
    title: t("count"),
    align: "right",
    render: (_, row) => <span className="num strong">{format.number(row.count)}</span>,
  };
  const columns: Column<Segment>[] = [
    { key: "name", title: t("name"), render: (_, row) => link(row) },
    { key: "rule", title: t("rule"), render: (_, row) => <span className="soft">{says(row)}</span> },
    ...(archived ? [] : [count]),
    {
      key: "updated",
      title: t(archived ? "archived_on" : "updated"),
      render: (_, row) => <span className="num">{format.date(row.archived ?? row.updated_at)}</span>,
    },
    ...(archived ? [back] : []),
  ];
  const [chosen, setChosen] = useState<string[]>([]);
  const [combining, setCombining] = useState(false);
  const make = (
    <>
      <Guarded reason={reason("segments.edit")} onClick={() => setCombining(true)}>
        {t("lists.combine")}
      </Guarded>
      <NewListButton />
      <Guarded type="primary" reason={reason("segments.edit")} onClick={() => go(paths.segmentNew())}>
        {t("new")}
      </Guarded>
      {combining && <CombineDialog segments={chosen} onClose={() => setCombining(false)} />}
    </>
  );
  return (
    <Page title={t("title")} sub={t("sub")} actions={make}>
      <div className="filters">
        <Segmented
          aria-label={t("which")}
          value={show}
          options={[
            { value: "live", label: t("in_use") },
            { value: "archived", label: t("archived") },
          ]}
          onChange={(value) => set({ show: value })}
        />
      </div>
      <Panel flush>
        <DataTable
          list={listOf(useSegments(archived))}
          columns={columns}
          rowKey={(row) => row.id}
          label={t("title")}
          {...(archived ? {} : { selection: { keys: chosen, onChange: setChosen, label: choose } })}
          empty={archived ? { title: t("empty_archived") } : { title: t("empty"), hint: t("empty_hint") }}
          card={(row) => (
            <div className="stack tight">
              <div className="row between">
                <span>{link(row)}</span>
                {archived ? (
                  <RestoreButton size="small" segment={row} />
                ) : (
                  <span className="num strong">
                    {t("people", { count: row.count, formatted: format.number(row.count) })}
                  </span>
                )}
              </div>
              <div className="soft">{says(row)}</div>
            </div>
          )}
        />
      </Panel>
    </Page>
  );
}
