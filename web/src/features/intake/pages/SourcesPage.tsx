import { useState } from "react";
import { useTranslation } from "react-i18next";
import { listOf } from "@/lib/list";
import { useRefresh } from "@/lib/queries";
import { useFormat } from "@/lib/useFormat";
import { useReason } from "@/lib/useReason";
import { Chip } from "@/ui/Chip";
import { type Column, DataTable } from "@/ui/DataTable";
import { Guarded } from "@/ui/Guarded";
import { Page, Panel } from "@/ui/Page";
import { useConfirm } from "@/ui/useConfirm";
import { useSubmit } from "@/ui/useSubmit";
import { rotateKey, type Source, updateSource, useSources } from "../api";
import { KeyDialog } from "../components/KeyDialog";
import { SourceDialog } from "../components/SourceDialog";

export function SourcesPage() {
  const { t } = useTranslation("intake");
  const { dateTime, number } = useFormat();
  const confirm = useConfirm();
  const closed = useReason()("intake.manage");
  const refresh = useRefresh();
  const { submit } = useSubmit();
  const [editing, setEditing] = useState<Source | "new">();
  const [writeKey, setWriteKey] = useState<string>();
  const rotate = (source: Source) =>
    confirm({
      title: t("sources.rotate_title", { name: source.name }),
      content: t("sources.rotate_hint"),
      ok: t("sources.rotate"),
      danger: true,
      run: async () => {
        const { data } = await rotateKey(source.id);
        setWriteKey(data?.write_key);
      },
    });
  const toggle = (source: Source) =>
    submit(async () => {
      await updateSource(source.id, { disabled: !source.disabled });
      await refresh("/api/sources");
    });
  /** The product's own log of what it does; nobody sends to it and nobody can switch it off. */
  const own = (row: Source) => row.kind === "internal";
  const kind = (row: Source) => t(`sources.kinds.${row.kind}`, { defaultValue: row.kind });
  const state = (row: Source) =>
    row.disabled ? <Chip>{t("sources.off")}</Chip> : <Chip tone="good">{t("sources.on")}</Chip>;
  const mode = (row: Source) =>
    row.kind === "http" ? t(row.strict ? "sources.strict" : "sources.lenient") : "";
  const actions = (row: Source) =>
    own(row) ? (
      <span className="faint">{t("sources.own")}</span>
    ) : (
      <div className="row">
        <Guarded
          size="small"
          reason={closed}
          aria-label={t("sources.edit", { name: row.name })}
          onClick={() => setEditing(row)}
        >
          {t("common:action.edit")}
        </Guarded>
        {row.kind === "http" && (
          <Guarded size="small" reason={closed} onClick={() => rotate(row)}>
            {t("sources.rotate")}
          </Guarded>
        )}
        <Guarded
          size="small"
          type="text"
          danger={!row.disabled}
          reason={closed}
          onClick={() => void toggle(row)}
        >
          {t(row.disabled ? "sources.enable" : "sources.disable")}
        </Guarded>
      </div>
    );
  const seen = (row: Source) => {
    if (own(row)) return "";
    return row.last_seen_at ? dateTime(row.last_seen_at) : t("sources.never");
  };
  const columns: Column<Source>[] = [
    { key: "name", title: t("sources.name"), render: (_, row) => <span className="strong">{row.name}</span> },
    { key: "kind", title: t("sources.kind"), render: (_, row) => kind(row) },
    { key: "mode", title: t("sources.mode"), render: (_, row) => mode(row) },
    {
      key: "records",
      title: t("sources.records"),
      align: "right",
      render: (_, row) => <span className="num">{number(row.record_count)}</span>,
    },
    {
      key: "events",
      title: t("sources.events"),
      align: "right",
      render: (_, row) => <span className="num">{number(row.event_count)}</span>,
    },
    { key: "seen", title: t("sources.seen"), render: (_, row) => <span className="num">{seen(row)}</span> },
    { key: "state", title: t("sources.state"), render: (_, row) => state(row) },
    { key: "actions", title: t("sources.actions"), render: (_, row) => actions(row) },
  ];
  return (
    <Page
      title={t("sources.title")}
      sub={t("sources.sub")}
      actions={
        <Guarded type="primary" reason={closed} onClick={() => setEditing("new")}>
          {t("sources.new")}
        </Guarded>
      }
    >
      <Panel flush>
        <DataTable
          list={listOf(useSources())}
          columns={columns}
          rowKey={(row) => row.id}
          label={t("sources.title")}
          empty={{ title: t("sources.empty"), hint: t("sources.empty_hint") }}
          card={(row) => (
            <div className="stack tight">
              <div className="row between">
                <span className="strong">{row.name}</span>
                {state(row)}
              </div>
              <div className="soft">
                {[kind(row), mode(row)].filter(Boolean).join(" · ")}
                {` · ${t("sources.records")} ${number(row.record_count)} · ${t("sources.events")} ${number(row.event_count)}`}
              </div>
              {actions(row)}
            </div>
          )}
        />
      </Panel>
      {editing && (
        <SourceDialog
          source={editing === "new" ? undefined : editing}
          onKey={setWriteKey}
          onClose={() => setEditing(undefined)}
        />
      )}
      {writeKey && <KeyDialog writeKey={writeKey} onClose={() => setWriteKey(undefined)} />}
    </Page>
  );
}
