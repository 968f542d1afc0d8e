import { useTranslation } from "react-i18next";
import { pagesOf } from "@/lib/list";
import { useFormat } from "@/lib/useFormat";
import { type Column, DataTable } from "@/ui/DataTable";
import { Page, Panel } from "@/ui/Page";
import { type AuditRow, useAudit } from "../api";
import { AuditChain } from "../components/AuditChain";
import { AuditSubject } from "../components/AuditSubject";

/** The reason a member of staff gave, where the action asks for one. */
function reasonOf({ detail }: AuditRow): string {
  const reason = (detail as Record<string, unknown> | null)?.reason;
  return typeof reason === "string" ? reason : "";
}

export function AuditPage() {
  const { t } = useTranslation("access");
  const { dateTime } = useFormat();
  const audit = useAudit();
  const who = (row: AuditRow) => row.actor_name ?? t("audit.system");
  const action = (row: AuditRow) =>
    t(`audit.actions.${row.action.replaceAll(".", "_")}`, { defaultValue: row.action });
  const columns: Column<AuditRow>[] = [
    { key: "at", title: t("audit.at"), render: (_, row) => <span className="num">{dateTime(row.at)}</span> },
    { key: "who", title: t("audit.who"), render: (_, row) => who(row) },
    {
      key: "action",
      title: t("audit.action"),
      render: (_, row) => <span title={row.action}>{action(row)}</span>,
    },
    { key: "subject", title: t("audit.subject"), render: (_, row) => <AuditSubject id={row.object} /> },
    { key: "reason", title: t("audit.reason"), render: (_, row) => reasonOf(row) },
  ];
  return (
    <Page title={t("audit.title")} sub={t("audit.sub")} actions={<AuditChain />}>
      <Panel flush>
        <DataTable
          list={pagesOf(audit)}
          columns={columns}
          rowKey={(row) => String(row.seq)}
          label={t("audit.title")}
          empty={{ title: t("audit.empty") }}
          card={(row) => (
            <div className="stack tight">
              <div className="row between">
                <span title={row.action}>{action(row)}</span>
                <span className="faint num">{dateTime(row.at)}</span>
              </div>
              <div className="soft text">
                {who(row)} → <AuditSubject id={row.object} />
                {reasonOf(row) && ` · ${reasonOf(row)}`}
              </div>
            </div>
          )}
        />
      </Panel>
    </Page>
  );
}
