import { useParams } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import { Link, useGo } from "@/lib/navigation";
import { paths } from "@/lib/paths";
import { useRefresh } from "@/lib/queries";
import { useFormat } from "@/lib/useFormat";
import { useReason } from "@/lib/useReason";
import { Chip } from "@/ui/Chip";
import { Guarded } from "@/ui/Guarded";
import { Facts, Page, Panel } from "@/ui/Page";
import { Loaded } from "@/ui/states";
import { useSubmit } from "@/ui/useSubmit";
import { type Plan, pausePlan, resumePlan, usePlan } from "../api";
import { Counts } from "../components/Counts";
import { IntentsPanel } from "../components/IntentsPanel";

export function PlanPage() {
  const { t } = useTranslation("outreach");
  const { id = "" } = useParams({ strict: false });
  const plan = usePlan(id);
  return (
    <Page
      title={plan.data?.name ?? t("title")}
      back={<Link href={paths.touchPlans()}>{t("title")}</Link>}
      actions={plan.data && <Actions plan={plan.data} />}
    >
      <Loaded query={plan}>
        {(data) => (
          <>
            <Panel title={t("plan")}>
              <About plan={data} />
            </Panel>
            <IntentsPanel plan={data} />
          </>
        )}
      </Loaded>
    </Page>
  );
}

function Actions({ plan }: { plan: Plan }) {
  const { t } = useTranslation("outreach");
  const go = useGo();
  const reason = useReason()("outreach.edit");
  const refresh = useRefresh();
  const { busy, submit } = useSubmit();
  const active = plan.state === "active";
  const toggle = async () => {
    const work = () => (active ? pausePlan(plan.id) : resumePlan(plan.id));
    if (await submit(work, t(active ? "paused" : "resumed"))) await refresh("/api/touch-plans");
  };
  return (
    <>
      <Guarded reason={reason} loading={busy} onClick={() => void toggle()}>
        {t(active ? "pause" : "resume")}
      </Guarded>
      <Guarded type="primary" reason={reason} onClick={() => go(paths.touchPlanEdit(plan.id))}>
        {t("edit")}
      </Guarded>
    </>
  );
}

function About({ plan }: { plan: Plan }) {
  const { t } = useTranslation("outreach");
  const { pick } = useFormat();
  const segment = pick(plan.segment_name, plan.segment_name_en);
  const items = [
    {
      label: t("state"),
      value: <Chip tone={plan.state === "active" ? "good" : "plain"}>{t(`states.${plan.state}`)}</Chip>,
    },
    { label: t("segment"), value: <Link href={paths.segment(plan.segment_id)}>{segment}</Link> },
    { label: t("action"), value: t(`actions.${plan.action}`) },
    ...(plan.task ? [{ label: t("task_title"), value: plan.task.title }] : []),
    ...(plan.email ? [{ label: t("subject"), value: plan.email.subject }] : []),
    {
      label: t("quiet"),
      value: <span className="num">{`${plan.quiet_hours.from} – ${plan.quiet_hours.to}`}</span>,
    },
    { label: t("cap"), value: t("cap_days", { count: plan.cap_days }) },
    { label: t("counts"), value: <Counts counts={plan.counts} /> },
  ];
  return <Facts items={items} />;
}
