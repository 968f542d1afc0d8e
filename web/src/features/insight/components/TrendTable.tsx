import { useTranslation } from "react-i18next";
import { Link } from "@/lib/navigation";
import { paths } from "@/lib/paths";
import { useFormat } from "@/lib/useFormat";
import { ScrollRegion } from "@/ui/ScrollRegion";
import type { Window } from "../api";

type Line = { id: string; name: string; axis: string[]; data: (number | null)[] };
type TrendTableProps = { label: string; series: Line[]; unit: string; window: Window };

/** The numbers of a trend chart, for those who read rather than look; each metric leads to its own page. */
export function TrendTable({ label, series, unit, window }: TrendTableProps) {
  const { t } = useTranslation("insight");
  const { metric: show } = useFormat();
  const axis = series[0]?.axis ?? [];
  return (
    <details className="chart-data">
      <summary>{t("overview.as_table")}</summary>
      <ScrollRegion label={label} style={{ maxHeight: 260 }}>
        <table>
          <thead>
            <tr>
              <th scope="col">{t(axis[0]?.length === "2026-03".length ? "dims.month" : "dims.date")}</th>
              {series.map((one) => (
                <th key={one.id} scope="col" className="num">
                  <Link href={paths.metric(one.id, window)}>{one.name}</Link>
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {axis.map((key, at) => (
              <tr key={key}>
                <th scope="row" className="num">
                  {key}
                </th>
                {series.map((one) => (
                  <td key={one.id} className="num">
                    {one.data[at] == null ? "—" : show(String(one.data[at]), unit)}
                  </td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </ScrollRegion>
    </details>
  );
}
