import { useTranslation } from "react-i18next";
import { useFormat } from "@/lib/useFormat";
import { Facts, Panel } from "@/ui/Page";
import type { Metric } from "../api";

/** What the number means: formula, ledger, unit, and when it is final. */
export function MetricAbout({ metric }: { metric: Metric }) {
  const { t } = useTranslation("insight");
  const { pick } = useFormat();
  const items = [
    { label: t("metric.formula"), value: pick(metric.formula_zh, metric.formula_en) },
    ...(metric.ledger
      ? [{ label: t("metric.ledger"), value: t(`ledgers.${metric.ledger}`, { defaultValue: metric.ledger }) }]
      : []),
    { label: t("metric.unit"), value: t(`units.${metric.unit}`, { defaultValue: metric.unit }) },
    ...(metric.matures_after_days
      ? [{ label: t("metric.mature"), value: t("metric.matures", { days: metric.matures_after_days }) }]
      : []),
  ];
  return (
    <Panel>
      <Facts items={items} />
    </Panel>
  );
}
