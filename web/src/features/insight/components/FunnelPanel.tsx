import { useTranslation } from "react-i18next";
import type { Schemas } from "@/lib/api";
import { Link } from "@/lib/navigation";
import { paths } from "@/lib/paths";
import { useFormat } from "@/lib/useFormat";
import { Panel } from "@/ui/Page";
import { Empty } from "@/ui/states";
import type { Window } from "../api";

/** The metric that tells more of a step; it leads on to the events. */
const METRICS: Record<string, string> = {
  lead: "lead.new",
  booked: "lead.to_appt",
  arrived: "lead.to_arrival",
  paid: "bill.payers",
};
type FunnelPanelProps = { steps: Schemas["StepView"][]; window: Window };

/** The steps from a lead to a deal; each with its share of the step before. */
export function FunnelPanel({ steps, window }: FunnelPanelProps) {
  const { t } = useTranslation("insight");
  const { pick, number, percent } = useFormat();
  const top = Math.max(1, ...steps.map(({ count }) => count));
  return (
    <Panel title={t("overview.funnel")}>
      {steps.every(({ count }) => count === 0) ? (
        <Empty title={t("overview.empty")} />
      ) : (
        <>
          <ol className="plain-list stack tight">
            {steps.map((step, index) => {
              const before = steps[index - 1]?.count ?? 0;
              const name = pick(step.label_zh, step.label_en);
              const metric = METRICS[step.step];
              // Some book without having been a lead: more than all of the step before is no share of it.
              const share = index > 0 && before > 0 && step.count <= before ? step.count / before : undefined;
              return (
                <li key={step.step} className="funnel-step">
                  <span className="name">
                    {metric ? <Link href={paths.metric(metric, window)}>{name}</Link> : name}
                  </span>
                  <span className="funnel-bar" aria-hidden>
                    <i style={{ width: `${(step.count / top) * 100}%` }} />
                  </span>
                  <span className="num strong">{number(step.count)}</span>
                  <span className="num faint" title={t("overview.from_previous")}>
                    {share === undefined ? "" : percent(share)}
                  </span>
                </li>
              );
            })}
          </ol>
          <p className="faint" style={{ margin: "10px 0 0" }}>
            {t("overview.funnel_hint")}
          </p>
        </>
      )}
    </Panel>
  );
}
