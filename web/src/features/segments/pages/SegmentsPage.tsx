import { useTranslation } from "react-i18next";
import { listOf } from "@/lib/list";
import { Link, useGo } from "@/lib/navigation";
import { paths } from "@/lib/paths";
import { useFormat } from "@/lib/useFormat";
import { useReason } from "@/lib/useReason";
import { Chip } from "@/ui/Chip";
import { type Column, DataTable } from "@/ui/DataTable";
import { Guarded } from "@/ui/Guarded";
import { Page, Panel } from "@/ui/Page";
import { type Segment, useSegments, useVocabulary } from "../api";
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
    const rule = parseRule(row.rule);
    return row.description || (rule ? sentenceOf(rule, names, t) : "");
  };
  const link = (row: Segment) => (
    <>
      <Link className="strong" href={paths.segment(row.id)}>
        {row.name}
      </Link>{" "}
      {row.archived && <Chip>{t("archived")}</Chip>}
    </>
  );
  const columns: Column<Segment>[] = [
    { key: "name", title: t("name"), render: (_, row) => link(row) },
    { key: "rule", title: t("rule"), render: (_, row) => <span className="soft">{says(row)}</span> },
    {
      key: "count",
      title: t("count"),
      align: "right",
      render: (_, row) => <span className="num strong">{format.number(row.count)}</span>,
    },
    {
      key: "updated",
      title: t("updated"),
      render: (_, row) => <span className="num">{format.date(row.updated_at)}</span>,
    },
  ];
  const make = (
    <Guarded type="primary" reason={reason("segments.edit")} onClick={() => go(paths.segmentNew())}>
      {t("new")}
    </Guarded>
  );
  return (
    <Page title={t("title")} sub={t("sub")} actions={make}>
      <Panel flush>
        <DataTable
          list={listOf(useSegments())}
          columns={columns}
          rowKey={(row) => row.id}
          label={t("title")}
          empty={{ title: t("empty"), hint: t("empty_hint") }}
          card={(row) => (
            <div className="stack tight">
              <div className="row between">
                <span>{link(row)}</span>
                <span className="num strong">{t("people", { count: row.count })}</span>
              </div>
              <div className="soft">{says(row)}</div>
            </div>
          )}
        />
      </Panel>
    </Page>
  );
}
