import { useTranslation } from "react-i18next";
import { pagesOf } from "@/lib/list";
import { useStaffOptions } from "@/lib/lookups";
import { useRefresh } from "@/lib/queries";
import { useFormat } from "@/lib/useFormat";
import { useReason } from "@/lib/useReason";
import { Chip } from "@/ui/Chip";
import { type Column, DataTable } from "@/ui/DataTable";
import { Guarded } from "@/ui/Guarded";
import { RowsReport } from "@/ui/RowsDialog";
import { useSubmit } from "@/ui/useSubmit";
import { type BulkAction, undoBulkAction, useBulkActions } from "../listApi";
import { Told } from "./BulkProgress";

/** Who put whom on a list and took whom off, each of which can be undone. */
export function HistoryTab({ id, onStarted }: { id: string; onStarted: (action: string) => void }) {
  const { t } = useTranslation("segments");
  const { dateTime } = useFormat();
  const reason = useReason();
  const refresh = useRefresh();
  const staff = useStaffOptions();
  const { busy, submit } = useSubmit();
  const undo = (row: BulkAction) =>
    submit(async () => {
      onStarted((await undoBulkAction(row.id)).id);
      await refresh("/api/bulk-actions");
    });
  const who = (row: BulkAction) => staff.find(({ value }) => value === row.created_by)?.label ?? "";
  const what = (row: BulkAction) => (
    <div className="stack tight">
      <span>
        <Told action={row} /> <span className="faint">{!row.undoes && t(`lists.origins.${row.origin}`)}</span>
      </span>
      {row.report && <RowsReport report={row.report} />}
    </div>
  );
  const back = (row: BulkAction) =>
    row.undone_by ? (
      <Chip>{t("lists.undone")}</Chip>
    ) : (
      row.state !== "running" &&
      row.changed > 0 && (
        <Guarded size="small" loading={busy} reason={reason("segments.edit")} onClick={() => void undo(row)}>
          {t(row.undoes ? "lists.redo" : "lists.undo")}
        </Guarded>
      )
    );
  const columns: Column<BulkAction>[] = [
    {
      key: "at",
      title: t("at"),
      render: (_, row) => <span className="num nowrap">{dateTime(row.created_at)}</span>,
    },
    { key: "what", title: t("lists.what"), render: (_, row) => what(row) },
    { key: "who", title: t("created_by"), render: (_, row) => who(row) },
    { key: "undo", title: t("actions"), render: (_, row) => back(row) },
  ];
  return (
    <DataTable
      list={pagesOf(useBulkActions(id))}
      columns={columns}
      rowKey={(row) => row.id}
      label={t("lists.history")}
      empty={{ title: t("lists.no_history"), hint: t("lists.no_history_hint") }}
      card={(row) => (
        <div className="stack tight">
          {what(row)}
          <div className="row between">
            <span className="faint num">
              {dateTime(row.created_at)} {who(row)}
            </span>
            {back(row)}
          </div>
        </div>
      )}
    />
  );
}
