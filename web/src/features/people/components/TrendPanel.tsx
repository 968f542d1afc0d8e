import { useMemo } from "react";
import { useTranslation } from "react-i18next";
import { useFormat } from "@/lib/useFormat";
import { Chart, type ChartOption } from "@/ui/Chart";
import { ChartTable } from "@/ui/ChartTable";
import { Panel } from "@/ui/Page";
import { Empty } from "@/ui/states";
import type { Quality } from "../reviewApi";

const YEAR = "2026-".length;

/** Records and people day by day, and below them, on a scale of their own, the doubts. */
export function TrendPanel({ days }: { days: Quality["days"] }) {
  const { t } = useTranslation("people");
  const { number } = useFormat();
  const option = useMemo<ChartOption>(() => {
    const axis = days.map(({ day }) => day.slice(YEAR));
    const line = (name: string, place: number, data: number[]) => ({
      type: "line",
      name,
      xAxisIndex: place,
      yAxisIndex: place,
      symbol: "circle",
      symbolSize: 5,
      showSymbol: axis.length <= 31,
      data,
    });
    const grid = { left: 64, right: 14 };
    const label = { formatter: (value: number) => number(value) };
    return {
      tooltip: { trigger: "axis", valueFormatter: (value: unknown) => number(Number(value)) },
      axisPointer: { link: [{ xAxisIndex: "all" }] },
      legend: { top: 0, left: 0, icon: "roundRect", itemWidth: 12, itemHeight: 4 },
      grid: [
        { ...grid, top: 36, height: 126 },
        { ...grid, top: 188, height: 62 },
      ],
      xAxis: [0, 1].map((gridIndex) => ({
        type: "category",
        gridIndex,
        boundaryGap: axis.length < 3,
        data: axis,
        axisLabel: { show: gridIndex === 1 },
      })),
      yAxis: [
        // How far apart the two lines are is what matters, so the scale need not begin at nothing.
        { type: "value", gridIndex: 0, minInterval: 1, scale: true, splitNumber: 3, axisLabel: label },
        { type: "value", gridIndex: 1, minInterval: 1, splitNumber: 2, axisLabel: label },
      ],
      series: [
        line(
          t("quality.records"),
          0,
          days.map(({ records }) => records),
        ),
        line(
          t("quality.persons"),
          0,
          days.map(({ persons }) => persons),
        ),
        line(
          t("quality.open_doubts"),
          1,
          days.map(({ doubts }) => doubts),
        ),
      ],
    };
  }, [days, t, number]);
  return (
    <Panel title={t("quality.trend")}>
      {days.length < 2 ? (
        <Empty title={t("quality.trend_empty")} hint={t("quality.trend_empty_hint")} />
      ) : (
        <>
          <Chart option={option} label={t("quality.trend_chart")} height={278} />
          <ChartTable
            summary={t("quality.as_table")}
            label={t("quality.trend")}
            head={[
              t("quality.day"),
              t("quality.records"),
              t("quality.persons"),
              t("quality.open_doubts"),
            ].map((title) => ({ key: title, title }))}
            rows={days.map((row) => [row.day, number(row.records), number(row.persons), number(row.doubts)])}
          />
        </>
      )}
    </Panel>
  );
}
