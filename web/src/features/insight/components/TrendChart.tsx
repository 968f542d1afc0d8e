import { useCallback, useMemo } from "react";
import { useTranslation } from "react-i18next";
import type { Schemas } from "@/lib/api";
import { useFormat } from "@/lib/useFormat";
import { Chart, type ChartOption } from "@/ui/Chart";
import { Empty } from "@/ui/states";
import type { Window } from "../api";
import { isSum, timeAxis, withoutEmptyToday } from "../model";
import { TrendTable } from "./TrendTable";

type TrendChartProps = {
  label: string;
  /** Metrics of one unit, for they share an axis. */
  series: Schemas["SeriesView"][];
  window: Window;
  onPick: (metric: string) => void;
};
const MONTH_LENGTH = "2026-03".length;

/** Metrics over the days, or months, of the window. */
export function TrendChart({ label, series, window, onPick }: TrendChartProps) {
  const { t } = useTranslation("insight");
  const { pick, metric: show, today } = useFormat();
  const unit = series[0]?.metric.unit ?? "count";
  const named = useMemo(() => {
    const byMonth = series.some(({ points }) => points.some(({ date }) => date.length === MONTH_LENGTH));
    const told = new Set(series.flatMap(({ points }) => points.map(({ date }) => date)));
    const axis = withoutEmptyToday(timeAxis(byMonth ? "month" : "date", window), today(), told);
    const missing = isSum(unit) ? 0 : null;
    return series.map(({ metric, points }) => {
      const values = new Map(points.map(({ date, value }) => [date, value == null ? null : Number(value)]));
      const data = axis.map((key) => values.get(key) ?? missing);
      return { id: metric.id, name: pick(metric.name_zh, metric.name_en), axis, data };
    });
  }, [series, window, unit, pick, today]);
  const option = useMemo<ChartOption>(() => {
    const axis = named[0]?.axis ?? [];
    const format = (value: unknown) => (value == null ? "—" : show(String(value), unit));
    return {
      tooltip: { trigger: "axis", valueFormatter: format },
      ...(named.length > 1
        ? { legend: { top: 0, left: 0, icon: "roundRect", itemWidth: 12, itemHeight: 4 } }
        : {}),
      grid: { left: 8, right: 12, top: named.length > 1 ? 36 : 14, bottom: 4, containLabel: true },
      xAxis: {
        type: "category",
        boundaryGap: axis.length < 3,
        data: axis.map((key) => (key.length === MONTH_LENGTH ? key : key.slice(5))),
      },
      yAxis: { type: "value", minInterval: unit === "money" ? 0 : 1, axisLabel: { formatter: format } },
      series: named.map((one) => ({
        type: "line",
        name: one.name,
        symbol: "circle",
        symbolSize: 5,
        showSymbol: axis.length <= 31,
        data: one.data,
      })),
    };
  }, [named, unit, show]);
  const open = useCallback(
    (_: string, name: string) => {
      const found = named.find((one) => one.name === name);
      if (found) onPick(found.id);
    },
    [named, onPick],
  );
  if (!series.some(({ points }) => points.length > 0)) {
    return <Empty title={t("overview.empty")} hint={t("overview.empty_hint")} />;
  }
  return (
    <>
      <Chart option={option} label={label} height={230} onPick={open} />
      <TrendTable label={label} series={named} unit={unit} window={window} />
    </>
  );
}
