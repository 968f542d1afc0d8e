import { Button } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { listOf } from "@/lib/list";
import { useRefresh } from "@/lib/queries";
import { Chip } from "@/ui/Chip";
import { type Column, DataTable } from "@/ui/DataTable";
import { Page, Panel } from "@/ui/Page";
import { useConfirm } from "@/ui/useConfirm";
import { type Clinic, updateClinic, useClinics } from "../api";
import { ClinicDialog } from "../components/ClinicDialog";

export function ClinicsPage() {
  const { t } = useTranslation("chain");
  const [editing, setEditing] = useState<Clinic | "new">();
  const confirm = useConfirm();
  const refresh = useRefresh();
  const setArchived = async (clinic: Clinic, archived: boolean) => {
    await updateClinic(clinic.id, { archived });
    await refresh("/api/clinics", "/api/session");
  };
  const archive = (clinic: Clinic) =>
    confirm({
      title: t("archive_title", { name: clinic.name }),
      content: t("archive_hint"),
      ok: t("archive"),
      danger: true,
      run: () => setArchived(clinic, true),
    });
  const state = (row: Clinic) =>
    row.archived ? <Chip>{t("archived")}</Chip> : <Chip tone="good">{t("open")}</Chip>;
  const actions = (row: Clinic) => (
    <div className="row">
      <Button size="small" onClick={() => setEditing(row)} aria-label={t("edit", { name: row.name })}>
        {t("common:action.edit")}
      </Button>
      {row.archived ? (
        <Button size="small" type="text" onClick={() => void setArchived(row, false)}>
          {t("restore")}
        </Button>
      ) : (
        <Button size="small" type="text" danger onClick={() => archive(row)}>
          {t("archive")}
        </Button>
      )}
    </div>
  );
  const columns: Column<Clinic>[] = [
    { key: "code", title: t("code"), render: (_, row) => <code>{row.code}</code> },
    { key: "name", title: t("name"), render: (_, row) => <span className="strong">{row.name}</span> },
    { key: "region", title: t("region"), dataIndex: "region" },
    { key: "zone", title: t("zone"), render: (_, row) => row.time_zone || t("zone_default") },
    { key: "state", title: t("state"), render: (_, row) => state(row) },
    { key: "actions", title: t("actions"), render: (_, row) => actions(row) },
  ];
  return (
    <Page
      title={t("title")}
      sub={t("sub")}
      actions={
        <Button type="primary" onClick={() => setEditing("new")}>
          {t("new")}
        </Button>
      }
    >
      <Panel flush>
        <DataTable
          list={listOf(useClinics())}
          columns={columns}
          rowKey={(row) => row.id}
          label={t("title")}
          empty={{ title: t("empty"), hint: t("empty_hint") }}
          card={(row) => (
            <div className="stack tight">
              <div className="row between">
                <span className="strong">{row.name}</span>
                {state(row)}
              </div>
              <div className="soft">{[row.code, row.region].filter(Boolean).join(" · ")}</div>
              {actions(row)}
            </div>
          )}
        />
      </Panel>
      {editing && (
        <ClinicDialog
          clinic={editing === "new" ? undefined : editing}
          onClose={() => setEditing(undefined)}
        />
      )}
    </Page>
  );
}
