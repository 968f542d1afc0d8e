import { useTranslation } from "react-i18next";
import type { Schemas } from "@/lib/api";
import { wholeList } from "@/lib/list";
import { useFormat } from "@/lib/useFormat";
import { type Column, DataTable } from "@/ui/DataTable";
import { useFinding } from "./useFinding";

type Warning = Schemas["WarningView"];

/** What was odd about rows that were taken all the same: which column, why, how often, where first. */
export function WarningTable({ rows }: { rows: Warning[] }) {
  const { t } = useTranslation("intake");
  const { number } = useFormat();
  const finding = useFinding();
  const columns: Column<Warning>[] = [
    { key: "column", title: t("mapping.column"), dataIndex: "column" },
    {
      key: "reason",
      title: t("mapping.reason"),
      render: (_, row) => <span title={row.reason}>{finding(row)}</span>,
    },
    {
      key: "count",
      title: t("mapping.times"),
      align: "right",
      render: (_, row) => <span className="num">{number(row.count)}</span>,
    },
    {
      key: "first",
      title: t("mapping.first_line"),
      align: "right",
      render: (_, row) => <span className="num">{number(row.first_line)}</span>,
    },
  ];
  return (
    <DataTable
      list={wholeList(rows)}
      columns={columns}
      rowKey={(row) => `${row.column}\u0000${row.code}`}
      label={t("mapping.warning_list")}
      empty={{ title: t("mapping.all_good") }}
      card={(row) => (
        <div>
          <span className="strong">{row.column}</span> {finding(row)}
          <div className="faint">
            {t("mapping.times")} {number(row.count)} · {t("mapping.first_line")} {number(row.first_line)}
          </div>
        </div>
      )}
    />
  );
}
