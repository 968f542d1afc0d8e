import { Button } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { pagesOf } from "@/lib/list";
import { useFormat } from "@/lib/useFormat";
import { Chip } from "@/ui/Chip";
import { type Column, DataTable } from "@/ui/DataTable";
import { Page, Panel } from "@/ui/Page";
import { SecretDialog } from "@/ui/SecretDialog";
import { type Staff, useStaff } from "../api";
import { StaffActions } from "../components/StaffActions";
import { StaffDialog } from "../components/StaffDialog";

export function StaffPage() {
  const { t } = useTranslation("access");
  const { date, pick, list: names } = useFormat();
  const [editing, setEditing] = useState<Staff | "new">();
  const [password, setPassword] = useState<string>();
  const list = pagesOf(useStaff());
  const role = (row: Staff) => pick(row.role_name_zh, row.role_name_en);
  const clinics = (row: Staff) => names(row.clinics.map(({ name }) => name)) || t("staff.all_clinics");
  const state = (row: Staff) => {
    if (row.archived) return <Chip>{t("staff.archived")}</Chip>;
    if (row.locked_until) return <Chip tone="warn">{t("staff.locked")}</Chip>;
    return <Chip tone="good">{t("staff.active")}</Chip>;
  };
  const actions = (row: Staff) => (
    <StaffActions staff={row} onEdit={() => setEditing(row)} onPassword={setPassword} />
  );
  const columns: Column<Staff>[] = [
    { key: "name", title: t("staff.name"), render: (_, row) => <span className="strong">{row.name}</span> },
    { key: "login", title: t("staff.login"), dataIndex: "login" },
    { key: "role", title: t("staff.role"), render: (_, row) => role(row) },
    { key: "clinics", title: t("staff.clinics"), render: (_, row) => clinics(row) },
    {
      key: "created",
      title: t("staff.created"),
      render: (_, row) => <span className="num">{date(row.created_at)}</span>,
    },
    { key: "state", title: t("staff.state"), render: (_, row) => state(row) },
    { key: "actions", title: t("staff.actions"), render: (_, row) => actions(row) },
  ];
  return (
    <Page
      title={t("staff.title")}
      sub={t("staff.sub")}
      actions={
        <Button type="primary" onClick={() => setEditing("new")}>
          {t("staff.new")}
        </Button>
      }
    >
      <Panel flush>
        <DataTable
          list={list}
          columns={columns}
          rowKey={(row) => row.id}
          label={t("staff.title")}
          empty={{ title: t("staff.empty") }}
          card={(row) => (
            <div className="stack tight">
              <div className="row between">
                <span className="strong">{row.name}</span>
                {state(row)}
              </div>
              <div className="soft">
                {role(row)} · {clinics(row)}
              </div>
              {actions(row)}
            </div>
          )}
        />
      </Panel>
      {editing && (
        <StaffDialog
          staff={editing === "new" ? undefined : editing}
          onPassword={setPassword}
          onClose={() => setEditing(undefined)}
        />
      )}
      {password && (
        <SecretDialog
          title={t("staff.password")}
          hint={t("staff.password_once")}
          secret={password}
          onClose={() => setPassword(undefined)}
        />
      )}
    </Page>
  );
}
