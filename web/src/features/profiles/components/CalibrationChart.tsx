import { useMemo } from "react";
import { useTranslation } from "react-i18next";
import type { Schemas } from "@/lib/api";
import { useFormat } from "@/lib/useFormat";
import { Chart, type ChartOption } from "@/ui/Chart";
import { ChartTable } from "@/ui/ChartTable";

type CalibrationChartProps = { calibration: Schemas["CalibrationView"]; name: string };

/** What was foretold beside what came, a person: by how often they had come back, or by the chance that was named. */
export function CalibrationChart({ calibration, name }: CalibrationChartProps) {
  const { t } = useTranslation("profiles");
  const { number } = useFormat();
  const { buckets, split, days } = calibration;
  const by = calibration.by === "chance" ? "chance" : "repeats";
  const of = t(`models.${by}`);
  const rows = useMemo(() => {
    const last = buckets.length - 1;
    return buckets.map((one, at) => ({
      name: `${one.from}${by === "chance" ? "%" : ""}${by === "chance" || at === last ? "+" : ""}`,
      people: one.people,
      actual: one.actual / one.people,
      expected: one.expected / one.people,
    }));
  }, [buckets, by]);
  const option = useMemo<ChartOption>(
    () => ({
      tooltip: { trigger: "axis", valueFormatter: (value: unknown) => number(Number(value), 2) },
      legend: { top: 0, left: 0, icon: "roundRect", itemWidth: 12, itemHeight: 4 },
      grid: { left: 8, right: 12, top: 36, bottom: 22, containLabel: true },
      xAxis: {
        type: "category",
        name: of,
        nameLocation: "middle",
        nameGap: 26,
        data: rows.map((row) => row.name),
      },
      yAxis: { type: "value" },
      series: [
        { type: "bar", name: t("models.actual"), barMaxWidth: 18, data: rows.map((row) => row.actual) },
        {
          type: "line",
          name: t("models.expected"),
          symbol: "circle",
          symbolSize: 6,
          data: rows.map((row) => row.expected),
        },
      ],
    }),
    [rows, number, of, t],
  );
  const label = `${name} · ${t("models.calibration")}`;
  return (
    <div>
      <h3 style={{ fontSize: 14, margin: 0 }}>{t("models.calibration")}</h3>
      <div className="faint">{t(`models.calibration_${by}`, { split, days })}</div>
      <Chart option={option} label={label} height={230} />
      <ChartTable
        summary={t("models.as_table")}
        label={label}
        head={[
          { key: "from", title: of },
          { key: "people", title: t("models.people") },
          { key: "actual", title: t("models.actual") },
          { key: "expected", title: t("models.expected") },
        ]}
        rows={rows.map((row) => [
          row.name,
          number(row.people),
          number(row.actual, 2),
          number(row.expected, 2),
        ])}
      />
    </div>
  );
}
