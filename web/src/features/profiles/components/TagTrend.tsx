import { Progress } from "antd";
import { useMemo } from "react";
import { useTranslation } from "react-i18next";
import { useFormat } from "@/lib/useFormat";
import { Chart, type ChartOption } from "@/ui/Chart";
import { ChartTable } from "@/ui/ChartTable";
import { Panel } from "@/ui/Page";
import { Empty, Loaded } from "@/ui/states";
import { type Tag, type TagTrend as Trend, useTagTrend } from "../api";

/** So many lines can be told apart. */
const MOST = 8;

/** How many people had each value, week by week. */
export function TagTrend({ tag }: { tag: Tag }) {
  const { t } = useTranslation("profiles");
  return (
    <Panel title={t("trend")}>
      <Loaded query={useTagTrend(tag.id)}>{(data) => <Counted trend={data} />}</Loaded>
    </Panel>
  );
}

function Counted({ trend }: { trend: Trend }) {
  const { t } = useTranslation("profiles");
  if (trend.percent < 100) {
    return (
      <output className="state" aria-live="polite">
        <div className="strong">{t("trend_counting")}</div>
        <p>{t("trend_counting_hint")}</p>
        <Progress percent={trend.percent} size="small" aria-label={t("trend_counting")} />
      </output>
    );
  }
  return trend.values.length === 0 ? <Empty title={t("no_values")} /> : <Lines trend={trend} />;
}

function Lines({ trend }: { trend: Trend }) {
  const { t } = useTranslation("profiles");
  const { pick, date, number } = useFormat();
  const { days } = trend;
  const shown = useMemo(
    () =>
      trend.values.slice(0, MOST).map(({ value, label_zh, label_en, counts }) => {
        const label = pick(label_zh, label_en) || value;
        return { value, counts, name: value === "true" ? t("trend_with") : label };
      }),
    [trend.values, pick, t],
  );
  const option = useMemo<ChartOption>(
    () => ({
      tooltip: { trigger: "axis" },
      legend: { top: 0, left: 0, type: "plain" },
      grid: { left: 8, right: 16, top: 56, bottom: 4, containLabel: true },
      xAxis: { type: "category", boundaryGap: false, data: days.map((day) => date(day)) },
      yAxis: { type: "value", minInterval: 1, scale: true },
      series: shown.map(({ name, counts }) => ({ type: "line", name, symbolSize: 5, data: counts })),
    }),
    [days, shown, date],
  );
  const rest = trend.values.length - shown.length;
  return (
    <div className="stack tight">
      <span className="soft">{t("trend_hint")}</span>
      {trend.looked_at < trend.people && (
        <span className="soft">
          {t("trend_estimate", { some: number(trend.looked_at), all: number(trend.people) })}
        </span>
      )}
      <Chart option={option} label={t("trend")} height={280} />
      {rest > 0 && <span className="faint">{t("trend_rest", { count: rest })}</span>}
      <ChartTable
        summary={t("models.as_table")}
        label={t("trend")}
        head={[
          { key: "day", title: t("trend_day") },
          ...shown.map(({ value, name }) => ({ key: value, title: name })),
        ]}
        rows={days.map((day, at) => [date(day), ...shown.map(({ counts }) => number(counts[at] ?? 0))])}
      />
    </div>
  );
}
