import { useTranslation } from "react-i18next";
import { wholeList } from "@/lib/list";
import { useFormat } from "@/lib/useFormat";
import { type Column, DataTable } from "@/ui/DataTable";
import { Panel } from "@/ui/Page";
import type { Quality } from "../reviewApi";

type Crowd = Quality["crowds"][number];

/** Identifiers that prove nothing, because more records have them than a family has. */
export function CrowdsPanel({ crowds }: { crowds: Crowd[] }) {
  const { t } = useTranslation("people");
  const { number } = useFormat();
  const kind = (row: Crowd) => t(`quality.kinds.${row.kind}`, { defaultValue: row.kind });
  const columns: Column<Crowd>[] = [
    { key: "kind", title: t("quality.kind"), render: (_, row) => kind(row) },
    {
      key: "value",
      title: t("quality.value"),
      render: (_, row) => <span className="num">{row.masked}</span>,
    },
    {
      key: "records",
      title: t("quality.records"),
      align: "right",
      render: (_, row) => <span className="num">{number(row.records)}</span>,
    },
  ];
  return (
    <Panel title={t("quality.crowds")} flush>
      <p className="panel-intro soft">{t("quality.crowds_hint")}</p>
      <DataTable
        list={wholeList(crowds)}
        columns={columns}
        // Masked, two different ones may look alike.
        rowKey={(row) => String(crowds.indexOf(row))}
        label={t("quality.crowds")}
        empty={{ title: t("quality.crowds_empty") }}
        card={(row) => (
          <div className="row between">
            <span>
              <span className="faint">{kind(row)}</span> <span className="num">{row.masked}</span>
            </span>
            <span className="num">{t("records_count", { count: row.records })}</span>
          </div>
        )}
      />
    </Panel>
  );
}
