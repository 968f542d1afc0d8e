import { useTranslation } from "react-i18next";
import { Link } from "@/lib/navigation";
import { paths } from "@/lib/paths";
import { useFormat } from "@/lib/useFormat";
import { ChartTable } from "@/ui/ChartTable";
import type { Window } from "../api";

type Line = { id: string; name: string; axis: string[]; data: (number | null)[] };
type TrendTableProps = { label: string; series: Line[]; unit: string; window: Window };

/** The numbers of a trend chart; each metric leads to its own page. */
export function TrendTable({ label, series, unit, window }: TrendTableProps) {
  const { t } = useTranslation("insight");
  const { metric: show } = useFormat();
  const axis = series[0]?.axis ?? [];
  const time = t(axis[0]?.length === "2026-03".length ? "dims.month" : "dims.date");
  const lines = series.map((one) => ({
    key: one.id,
    title: <Link href={paths.metric(one.id, window)}>{one.name}</Link>,
  }));
  const cell = (value: number | null | undefined) => (value == null ? "—" : show(String(value), unit));
  return (
    <ChartTable
      summary={t("overview.as_table")}
      label={label}
      head={[{ key: "time", title: time }, ...lines]}
      rows={axis.map((key, at) => [key, ...series.map((one) => cell(one.data[at]))])}
    />
  );
}
