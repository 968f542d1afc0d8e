import { useTranslation } from "react-i18next";
import { pagesOf } from "@/lib/list";
import { Link, useGo } from "@/lib/navigation";
import { paths } from "@/lib/paths";
import { useFormat } from "@/lib/useFormat";
import { useReason } from "@/lib/useReason";
import { Chip } from "@/ui/Chip";
import { type Column, DataTable } from "@/ui/DataTable";
import { Guarded } from "@/ui/Guarded";
import { Page, Panel } from "@/ui/Page";
import { type Plan, usePlans } from "../api";
import { Counts } from "../components/Counts";

export function PlansPage() {
  const { t } = useTranslation("outreach");
  const go = useGo();
  const { pick } = useFormat();
  const reason = useReason();
  const link = (row: Plan) => (
    <Link className="strong" href={paths.touchPlan(row.id)}>
      {row.name}
    </Link>
  );
  const state = (row: Plan) => (
    <Chip tone={row.state === "active" ? "good" : "plain"}>{t(`states.${row.state}`)}</Chip>
  );
  const columns: Column<Plan>[] = [
    { key: "name", title: t("name"), render: (_, row) => link(row) },
    {
      key: "segment",
      title: t("segment"),
      render: (_, row) => (
        <Link href={paths.segment(row.segment_id)}>{pick(row.segment_name, row.segment_name_en)}</Link>
      ),
    },
    { key: "action", title: t("action"), render: (_, row) => t(`actions.${row.action}`) },
    { key: "counts", title: t("counts"), render: (_, row) => <Counts counts={row.counts} /> },
    { key: "state", title: t("state"), render: (_, row) => state(row) },
  ];
  return (
    <Page
      title={t("title")}
      sub={t("sub")}
      actions={
        <Guarded type="primary" reason={reason("outreach.edit")} onClick={() => go(paths.touchPlanNew())}>
          {t("new")}
        </Guarded>
      }
    >
      <Panel flush>
        <DataTable
          list={pagesOf(usePlans())}
          columns={columns}
          rowKey={(row) => row.id}
          label={t("title")}
          empty={{ title: t("empty"), hint: t("empty_hint") }}
          card={(row) => (
            <div className="stack tight">
              <div className="row between">
                {link(row)}
                {state(row)}
              </div>
              <div className="soft">
                {pick(row.segment_name, row.segment_name_en)} → {t(`actions.${row.action}`)}
              </div>
              <Counts counts={row.counts} />
            </div>
          )}
        />
      </Panel>
    </Page>
  );
}
