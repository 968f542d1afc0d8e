import { useTranslation } from "react-i18next";
import { Panel } from "@/ui/Page";
import { ScrollRegion } from "@/ui/ScrollRegion";

/** The first rows of the file as they stand in it. */
export function PreviewTable({ columns, rows }: { columns: string[]; rows: string[][] }) {
  const { t } = useTranslation("intake");
  const title = t("mapping.preview", { count: rows.length });
  return (
    <Panel title={title} flush>
      <ScrollRegion label={title} className="preview-table" style={{ maxHeight: 360, overflow: "auto" }}>
        <table>
          <thead>
            <tr>
              {columns.map((column) => (
                <th key={column} scope="col">
                  {column}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {rows.map((row, line) => (
              <tr key={line}>
                {columns.map((column, at) => (
                  <td key={column}>{row[at]}</td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </ScrollRegion>
    </Panel>
  );
}
