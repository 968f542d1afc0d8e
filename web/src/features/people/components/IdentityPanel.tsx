import { useState } from "react";
import { useTranslation } from "react-i18next";
import { wholeList } from "@/lib/list";
import { useFormat } from "@/lib/useFormat";
import { useReason } from "@/lib/useReason";
import { type Column, DataTable } from "@/ui/DataTable";
import { Guarded } from "@/ui/Guarded";
import { Panel } from "@/ui/Page";
import { Loaded } from "@/ui/states";
import { type Person, type RecordRow, useIdentity } from "../api";
import { IdentityStory } from "./IdentityStory";
import { MergeDialog } from "./MergeDialog";
import { IDENTITY } from "./RecordsLine";
import { UnmergeDialog } from "./UnmergeDialog";

/** The records behind the person, the evidence that joined them, and the way to part or join them by hand. */
export function IdentityPanel({ person }: { person: Person }) {
  const { t } = useTranslation("people");
  const { date, pick, clauses } = useFormat();
  const reason = useReason()("people.merge");
  const identity = useIdentity(person.id);
  const [dialog, setDialog] = useState<"merge" | "unmerge">();
  const evidence = (row: RecordRow) =>
    clauses(row.evidence.map((one) => pick(one.reason_zh, one.reason_en))) || t("identity.first");
  const columns: Column<RecordRow>[] = [
    {
      key: "source",
      title: t("identity.source"),
      render: (_, row) => (
        <>
          {row.source_name} <code className="faint">{row.source_key}</code>
        </>
      ),
    },
    {
      key: "name",
      title: t("identity.name_phone"),
      render: (_, row) => (
        <>
          {row.name} <span className="num soft">{row.phone}</span>
        </>
      ),
    },
    { key: "clinic", title: t("identity.clinic"), dataIndex: "clinic_name" },
    {
      key: "created",
      title: t("identity.created"),
      render: (_, row) => <span className="num">{date(row.created_at)}</span>,
    },
    {
      key: "evidence",
      title: t("identity.evidence"),
      render: (_, row) => evidence(row),
    },
  ];
  return (
    <Panel
      id={IDENTITY}
      title={t("identity.title")}
      flush
      extra={
        <span className="row">
          <Guarded
            size="small"
            reason={reason ?? (person.records.length < 2 ? t("identity.unmerge_single") : undefined)}
            onClick={() => setDialog("unmerge")}
          >
            {t("identity.unmerge")}
          </Guarded>
          <Guarded size="small" reason={reason} onClick={() => setDialog("merge")}>
            {t("identity.merge")}
          </Guarded>
        </span>
      }
    >
      {person.records.length > 1 && <p className="panel-intro soft">{t("identity.hint")}</p>}
      <DataTable
        list={wholeList(person.records)}
        columns={columns}
        rowKey={(row) => row.id}
        label={t("identity.title")}
        empty={{ title: t("identity.title") }}
        card={(row) => (
          <div>
            <div className="row between">
              <span className="strong">{row.source_name}</span>
              <code>{row.source_key}</code>
            </div>
            <div className="soft">{[row.name, row.phone, row.clinic_name].filter(Boolean).join(" · ")}</div>
            <div className="faint">{evidence(row)}</div>
          </div>
        )}
      />
      <div className="body-part">
        <Loaded query={identity} rows={2}>
          {(data) => <IdentityStory identity={data} />}
        </Loaded>
      </div>
      {dialog === "unmerge" && <UnmergeDialog person={person} onClose={() => setDialog(undefined)} />}
      {dialog === "merge" && <MergeDialog person={person} onClose={() => setDialog(undefined)} />}
    </Panel>
  );
}
