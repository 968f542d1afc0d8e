import { Button } from "antd";
import { useTranslation } from "react-i18next";
import { wholeList } from "@/lib/list";
import { useFormat } from "@/lib/useFormat";
import { Chip } from "@/ui/Chip";
import { type Column, DataTable } from "@/ui/DataTable";
import type { Metric, MetricRow } from "../api";

type MetricTableProps = {
  metric: Metric;
  dimensions: string[];
  rows: MetricRow[];
  onDrill: (keys: string[]) => void;
};

export function MetricTable({ metric, dimensions, rows, onDrill }: MetricTableProps) {
  const { t } = useTranslation("insight");
  const { metric: show, number } = useFormat();
  const part = (text: string | null | undefined) => (text == null ? "" : number(Number(text), 2));
  // Only what a cohort still moves towards is ever unfinished.
  const matures = metric.matures_after_days != null || rows.some((row) => !row.mature);
  const name = (row: MetricRow) =>
    row.keys.map((key) => key || t("metric.key_missing")).join(" · ") || t("metric.total");
  const value = (row: MetricRow) => <span className="num strong">{show(row.value, metric.unit)}</span>;
  const state = (row: MetricRow) =>
    row.mature ? (
      <span className="faint">{t("metric.is_mature")}</span>
    ) : (
      <Chip tone="warn" title={t("metric.immature_hint")}>
        {t("metric.not_mature")}
      </Chip>
    );
  const drill = (row: MetricRow) => (
    <Button
      size="small"
      type="link"
      aria-label={t("metric.drill_of", { label: name(row) })}
      onClick={() => onDrill(row.keys)}
    >
      {t("metric.drill")}
    </Button>
  );
  const parts = rows.some((row) => row.denominator != null);
  const right = { align: "right" as const };
  const columns: Column<MetricRow>[] = [
    ...(dimensions.length === 0
      ? [{ key: "total", title: t("metric.total"), render: () => t("metric.total") }]
      : dimensions.map((dimension, at) => ({
          key: dimension,
          title: t(`dims.${dimension}`, { defaultValue: dimension }),
          render: (_: unknown, row: MetricRow) => row.keys[at] || t("metric.key_missing"),
        }))),
    { key: "value", title: t("metric.value"), ...right, render: (_, row) => value(row) },
    ...(parts
      ? [
          {
            key: "numerator",
            title: t("metric.numerator"),
            ...right,
            render: (_: unknown, row: MetricRow) => <span className="num">{part(row.numerator)}</span>,
          },
          {
            key: "denominator",
            title: t("metric.denominator"),
            ...right,
            render: (_: unknown, row: MetricRow) => <span className="num">{part(row.denominator)}</span>,
          },
        ]
      : []),
    ...(matures
      ? [{ key: "mature", title: t("metric.mature"), render: (_: unknown, row: MetricRow) => state(row) }]
      : []),
    { key: "drill", title: t("metric.drill"), render: (_, row) => drill(row) },
  ];
  return (
    <DataTable
      list={wholeList(rows)}
      columns={columns}
      rowKey={(row) => row.keys.join("\u0000")}
      label={t("metric.table")}
      empty={{ title: t("metric.empty") }}
      card={(row) => (
        <div className="row between">
          <span>
            {name(row)} {!row.mature && state(row)}
          </span>
          <span className="row">
            {value(row)}
            {drill(row)}
          </span>
        </div>
      )}
    />
  );
}
