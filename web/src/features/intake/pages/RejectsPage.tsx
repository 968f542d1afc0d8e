import { Button, Drawer, Select } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { pagesOf } from "@/lib/list";
import { useUrlState } from "@/lib/navigation";
import { useFormat } from "@/lib/useFormat";
import { type Column, DataTable } from "@/ui/DataTable";
import { Page, Panel } from "@/ui/Page";
import { type EventReject, useRejects, useSources } from "../api";
import { useFinding } from "../components/useFinding";

export function RejectsPage() {
  const { t } = useTranslation("intake");
  const { dateTime } = useFormat();
  const [{ source }, set] = useUrlState({ source: "" });
  const [shown, setShown] = useState<EventReject>();
  const sources = useSources().data?.items ?? [];
  const finding = useFinding();
  const why = (row: EventReject) => (
    <>
      <span title={row.reason}>{finding(row)}</span> <code className="faint">{row.code}</code>
    </>
  );
  const show = (row: EventReject) => (
    <Button size="small" type="link" onClick={() => setShown(row)}>
      {t("rejects.show")}
    </Button>
  );
  const columns: Column<EventReject>[] = [
    {
      key: "at",
      title: t("rejects.at"),
      render: (_, row) => <span className="num">{dateTime(row.received_at)}</span>,
    },
    { key: "source", title: t("rejects.source"), dataIndex: "source_name" },
    { key: "reason", title: t("rejects.reason"), render: (_, row) => why(row) },
    { key: "message", title: t("rejects.message"), render: (_, row) => <code>{row.message_id}</code> },
    { key: "body", title: t("rejects.body"), render: (_, row) => show(row) },
  ];
  return (
    <Page title={t("rejects.title")} sub={t("rejects.sub")}>
      <search className="filters">
        <Select
          aria-label={t("rejects.source")}
          style={{ minWidth: 180 }}
          value={source}
          options={[
            { value: "", label: t("rejects.all_sources") },
            ...sources.map(({ id, name }) => ({ value: id, label: name })),
          ]}
          onChange={(value) => set({ source: value })}
        />
      </search>
      <Panel flush>
        <DataTable
          list={pagesOf(useRejects(source))}
          columns={columns}
          rowKey={(row) => row.id}
          label={t("rejects.title")}
          empty={{ title: t("rejects.empty") }}
          card={(row) => (
            <div className="stack tight">
              <div className="row between">
                <span className="strong">{row.source_name}</span>
                <span className="faint num">{dateTime(row.received_at)}</span>
              </div>
              <div>{why(row)}</div>
              <div>{show(row)}</div>
            </div>
          )}
        />
      </Panel>
      <Drawer
        open={!!shown}
        onClose={() => setShown(undefined)}
        size={560}
        title={t("rejects.body")}
        aria-label={t("rejects.body")}
      >
        <pre className="mono sample">{shown && pretty(shown.body)}</pre>
      </Drawer>
    </Page>
  );
}

function pretty(body: unknown): string {
  if (typeof body !== "string") return JSON.stringify(body, null, 2);
  try {
    return JSON.stringify(JSON.parse(body), null, 2);
  } catch {
    return body;
  }
}
