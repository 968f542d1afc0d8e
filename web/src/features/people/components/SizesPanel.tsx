import { useMemo } from "react";
import { useTranslation } from "react-i18next";
import { useFormat } from "@/lib/useFormat";
import { Chart, type ChartOption } from "@/ui/Chart";
import { ChartTable } from "@/ui/ChartTable";
import { Panel } from "@/ui/Page";
import { Empty } from "@/ui/states";
import { sizeBars } from "../quality";
import type { Quality } from "../reviewApi";

/** Below one, so that a single person has a bar on a logarithmic scale too. */
const FLOOR = 0.5;

/** How many people have how many records. */
export function SizesPanel({ sizes }: { sizes: Quality["sizes"] }) {
  const { t } = useTranslation("people");
  const { number } = useFormat();
  const option = useMemo<ChartOption>(() => {
    const bars = sizeBars(sizes);
    const name = (from: number, tail: boolean) => (tail ? t("quality.size_tail", { from }) : String(from));
    return {
      tooltip: {
        trigger: "axis",
        axisPointer: { type: "shadow" },
        valueFormatter: (value: unknown) => number(Number(value)),
      },
      grid: { left: 8, right: 12, top: 24, bottom: 4, containLabel: true },
      xAxis: { type: "category", data: bars.map(({ from, tail }) => name(from, tail)) },
      yAxis: {
        type: "log",
        min: FLOOR,
        startValue: FLOOR,
        axisLabel: { formatter: (value: number) => (value < 1 ? "" : number(value)) },
      },
      series: [
        {
          type: "bar",
          name: t("quality.persons"),
          barMaxWidth: 44,
          label: { show: true, position: "top", formatter: ({ value }: { value: number }) => number(value) },
          // Nobody has no place on a logarithmic scale.
          data: bars.map(({ persons }) => persons || null),
        },
      ],
    };
  }, [sizes, t, number]);
  return (
    <Panel title={t("quality.sizes")}>
      {sizes.length === 0 ? (
        <Empty title={t("quality.sizes_empty")} />
      ) : (
        <>
          <Chart option={option} label={t("quality.sizes_chart")} height={250} />
          <p className="faint finding-scale">{t("quality.log_scale")}</p>
          <ChartTable
            summary={t("quality.as_table")}
            label={t("quality.sizes")}
            head={[t("quality.size"), t("quality.persons")].map((title) => ({ key: title, title }))}
            rows={sizes.map(({ records, persons }) => [number(records), number(persons)])}
          />
        </>
      )}
    </Panel>
  );
}
