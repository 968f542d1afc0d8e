import { Select } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { pagesOf } from "@/lib/list";
import { Link, useUrlState } from "@/lib/navigation";
import { paths } from "@/lib/paths";
import { useFormat } from "@/lib/useFormat";
import { useReason } from "@/lib/useReason";
import { Chip } from "@/ui/Chip";
import { type Column, DataTable } from "@/ui/DataTable";
import { Guarded } from "@/ui/Guarded";
import { Panel } from "@/ui/Page";
import { type Intent, type Plan, useIntents } from "../api";
import { STATES, TONES } from "./Counts";
import { SettleDialog } from "./SettleDialog";

/** Every touch of a plan: whom, when, how it ended and why. */
export function IntentsPanel({ plan }: { plan: Plan }) {
  const { t } = useTranslation("outreach");
  const { dateTime } = useFormat();
  const reason = useReason();
  const [{ state }, set] = useUrlState({ state: "" });
  const [settling, setSettling] = useState<Intent>();
  const person = (row: Intent) => (
    <Link className="strong" href={paths.person(row.person.id)}>
      {row.person.name || t("common:unnamed")}
    </Link>
  );
  const chip = (row: Intent) => (
    <Chip tone={TONES[row.state] ?? "plain"}>
      {t(`intent_states.${row.state}`, { defaultValue: row.state })}
    </Chip>
  );
  const why = ({ reason: code }: Intent) => (code ? t(`reasons.${code}`, { defaultValue: code }) : "");
  const settle = (row: Intent) =>
    row.state === "unknown" && (
      <Guarded size="small" reason={reason("outreach.settle")} onClick={() => setSettling(row)}>
        {t("settle")}
      </Guarded>
    );
  const list = pagesOf(useIntents(plan.id, state));
  /** A column that would be empty is left out. */
  const some = (holds: (row: Intent) => boolean) => list.rows?.some(holds) ?? false;
  const columns: Column<Intent>[] = [
    { key: "person", title: t("person"), render: (_, row) => person(row) },
    { key: "state", title: t("state"), render: (_, row) => chip(row) },
    ...(some(({ reason: code }) => !!code)
      ? [{ key: "reason", title: t("reason"), render: (_: unknown, row: Intent) => why(row) }]
      : []),
    { key: "due", title: t("due"), render: (_, row) => <span className="num">{dateTime(row.due_at)}</span> },
    {
      key: "settled",
      title: t("settled"),
      render: (_, row) => <span className="num">{dateTime(row.settled_at)}</span>,
    },
    ...(some((row) => row.state === "unknown")
      ? [{ key: "settle", title: t("settle"), render: (_: unknown, row: Intent) => settle(row) }]
      : []),
  ];
  return (
    <Panel
      flush
      title={t("intents")}
      extra={
        <Select
          aria-label={t("state")}
          size="small"
          style={{ width: 150 }}
          value={state}
          options={[
            { value: "", label: t("any_state") },
            ...STATES.map((value) => ({ value: value as string, label: t(`intent_states.${value}`) })),
          ]}
          onChange={(value) => set({ state: value })}
        />
      }
    >
      <DataTable
        list={list}
        columns={columns}
        rowKey={(row) => row.id}
        label={t("intents")}
        empty={{ title: t("intents_empty"), hint: t("intents_empty_hint") }}
        card={(row) => (
          <div className="stack tight">
            <div className="row between">
              {person(row)}
              {chip(row)}
            </div>
            <div className="faint">
              {why(row)} <span className="num">{dateTime(row.settled_at ?? row.due_at)}</span>
            </div>
            {settle(row)}
          </div>
        )}
      />
      {settling && <SettleDialog intent={settling} onClose={() => setSettling(undefined)} />}
    </Panel>
  );
}
