import { useTranslation } from "react-i18next";
import { useFormat } from "@/lib/useFormat";
import { Facts, Panel } from "@/ui/Page";
import { type Metric, useMetricQuery, type Window } from "../api";

/** The number of the whole period, and what it means: formula, ledger, unit, and when it is final. */
export function MetricAbout({ metric, window }: { metric: Metric; window: Window }) {
  const { t } = useTranslation("insight");
  const { pick, metric: show } = useFormat();
  const whole = useMetricQuery(metric.id, window, []).data?.rows[0];
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
      <div className="row top" style={{ gap: "8px 40px" }}>
        <div style={{ minWidth: 150 }}>
          <div className="faint">{t("metric.whole")}</div>
          <div className="live-number num">{show(whole?.value, metric.unit)}</div>
        </div>
        <div className="grow" style={{ flexBasis: 260 }}>
          <Facts items={items} />
        </div>
      </div>
    </Panel>
  );
}
