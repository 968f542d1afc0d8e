import { Button } from "antd";
import { useTranslation } from "react-i18next";
import { pagesOf } from "@/lib/list";
import { Link, useGo } from "@/lib/navigation";
import { paths } from "@/lib/paths";
import { useFormat } from "@/lib/useFormat";
import { type Column, DataTable } from "@/ui/DataTable";
import { Page, Panel } from "@/ui/Page";
import { type ImportRun, useImports } from "../api";
import { ImportState } from "../components/ImportState";

export function ImportsPage() {
  const { t } = useTranslation("intake");
  const { dateTime, number } = useFormat();
  const go = useGo();
  const link = (row: ImportRun) => (
    <Link className="strong" href={paths.import(row.id)}>
      {row.file_name}
    </Link>
  );
  const result = (row: ImportRun) => (
    <span className="soft">
      {[
        `${t("imports.inserted")} ${number(row.inserted)}`,
        `${t("imports.updated")} ${number(row.updated)}`,
        `${t("imports.unchanged")} ${number(row.unchanged)}`,
      ].join(" · ")}
      {row.rejected > 0 && (
        <span className="down">{` · ${t("imports.rejected")} ${number(row.rejected)}`}</span>
      )}
    </span>
  );
  const columns: Column<ImportRun>[] = [
    { key: "file", title: t("imports.file"), render: (_, row) => link(row) },
    { key: "source", title: t("imports.source"), dataIndex: "source_name" },
    {
      key: "kind",
      title: t("imports.kind"),
      render: (_, row) => t(`imports.kinds.${row.kind}`, { defaultValue: row.kind }),
    },
    {
      key: "rows",
      title: t("imports.rows"),
      align: "right",
      render: (_, row) => <span className="num">{number(row.rows_read)}</span>,
    },
    { key: "result", title: t("imports.result"), render: (_, row) => result(row) },
    { key: "state", title: t("imports.state"), render: (_, row) => <ImportState state={row.state} /> },
    {
      key: "started",
      title: t("imports.started"),
      render: (_, row) => <span className="num">{dateTime(row.started_at)}</span>,
    },
  ];
  return (
    <Page
      title={t("imports.title")}
      sub={t("imports.sub")}
      actions={
        <Button type="primary" onClick={() => go(paths.importNew())}>
          {t("imports.new")}
        </Button>
      }
    >
      <Panel flush>
        <DataTable
          list={pagesOf(useImports())}
          columns={columns}
          rowKey={(row) => row.id}
          label={t("imports.title")}
          empty={{ title: t("imports.empty"), hint: t("imports.empty_hint") }}
          card={(row) => (
            <div className="stack tight">
              <div className="row between">
                {link(row)}
                <ImportState state={row.state} />
              </div>
              <div className="soft">
                {row.source_name} · <span className="num">{dateTime(row.started_at)}</span>
              </div>
              {result(row)}
            </div>
          )}
        />
      </Panel>
    </Page>
  );
}
