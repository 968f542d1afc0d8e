import { useTranslation } from "react-i18next";
import { ScrollRegion } from "@/ui/ScrollRegion";

type ChartTableProps = { label: string; head: string[]; rows: string[][] };

/** The numbers of a chart, for those who read rather than look. The first column names the row. */
export function ChartTable({ label, head, rows }: ChartTableProps) {
  const { t } = useTranslation("people");
  return (
    <details className="chart-data">
      <summary>{t("quality.as_table")}</summary>
      <ScrollRegion label={label} style={{ maxHeight: 260 }}>
        <table>
          <thead>
            <tr>
              {head.map((title, at) => (
                <th key={title} scope="col" className={at > 0 ? "num" : ""}>
                  {title}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {rows.map(([name, ...values]) => (
              <tr key={name}>
                <th scope="row" className="num">
                  {name}
                </th>
                {values.map((value, at) => (
                  <td key={head[at + 1]} className="num">
                    {value}
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
