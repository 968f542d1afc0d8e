import { useMemo } from "react";
import { useTranslation } from "react-i18next";
import { useFormat } from "@/lib/useFormat";
import { Chart, type ChartOption } from "@/ui/Chart";
import type { Metric, MetricRow, Window } from "../api";
import { isSum, isTime, pivot, timeAxis, withoutEmptyToday } from "../model";

type MetricChartProps = { metric: Metric; window: Window; dimensions: string[]; rows: MetricRow[] };
const MOST_SERIES = 8;
const MOST_BARS = 24;

/** A line over time, bars over anything else. What is not final yet is drawn pale. */
export function MetricChart({ metric, window, dimensions, rows }: MetricChartProps) {
  const { t } = useTranslation("insight");
  const { pick, metric: show, today } = useFormat();
  const first = dimensions[0] ?? "";
  const time = isTime(first);
  const option = useMemo<ChartOption>(() => {
    const told = new Set(rows.map(({ keys }) => keys[0] ?? ""));
    const days = time ? withoutEmptyToday(timeAxis(first, window), today(), told) : undefined;
    const { axis, series } = pivot(rows, days, time && isSum(metric.unit) ? 0 : null);
    const shown = time ? axis : axis.slice(0, MOST_BARS);
    const format = (value: unknown) => (value == null ? "—" : show(String(value), metric.unit));
    return {
      tooltip: { trigger: "axis", valueFormatter: format },
      ...(series.length > 1
        ? { legend: { top: 0, left: 0, type: "scroll", icon: "roundRect", itemWidth: 12, itemHeight: 4 } }
        : {}),
      grid: { left: 8, right: 16, top: series.length > 1 ? 36 : 14, bottom: 4, containLabel: true },
      xAxis: {
        type: "category",
        data: shown.map((key) => key || t("metric.key_missing")),
        axisLabel: { hideOverlap: true },
      },
      yAxis: { type: "value", axisLabel: { formatter: format } },
      series: series.slice(0, MOST_SERIES).map((one) => ({
        name: one.name || pick(metric.name_zh, metric.name_en),
        type: time && shown.length > 2 ? "line" : "bar",
        barMaxWidth: 36,
        symbol: "circle",
        symbolSize: 5,
        showSymbol: shown.length <= 62,
        data: one.values
          .slice(0, shown.length)
          .map((value, at) => ({ value, itemStyle: one.mature[at] ? {} : { opacity: 0.4 } })),
      })),
    };
  }, [rows, first, time, window, metric, pick, show, today, t]);
  return (
    <Chart
      option={option}
      label={`${pick(metric.name_zh, metric.name_en)} ${t("metric.chart")}`}
      height={300}
    />
  );
}
