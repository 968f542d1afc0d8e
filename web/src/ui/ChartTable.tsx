import type { ReactNode } from "react";
import { ScrollRegion } from "./ScrollRegion";

type Column = { key: string; title: ReactNode };
type ChartTableProps = { summary: string; label: string; head: Column[]; rows: string[][] };

/** The numbers of a chart, for those who read rather than look. The first column names the row. */
export function ChartTable({ summary, label, head, rows }: ChartTableProps) {
  return (
    <details className="chart-data">
      <summary>{summary}</summary>
      <ScrollRegion label={label} style={{ maxHeight: 260 }}>
        <table>
          <thead>
            <tr>
              {head.map(({ key, title }, at) => (
                <th key={key} scope="col" className={at > 0 ? "num" : undefined}>
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
                  <td key={head[at + 1]?.key} className="num">
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
