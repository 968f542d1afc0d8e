import { useTranslation } from "react-i18next";
import type { Schemas } from "@/lib/api";
import { Link } from "@/lib/navigation";
import { useFormat } from "@/lib/useFormat";
import { Panel } from "@/ui/Page";
import { Empty } from "@/ui/states";

type BreakdownPanelProps = { title: string; rows: Schemas["ShareView"][]; href: string | undefined };
const MOST = 10;

/** Money by one dimension as bars with their figures: read at a glance, and by a screen reader. */
export function BreakdownPanel({ title, rows, href }: BreakdownPanelProps) {
  const { t } = useTranslation("insight");
  const { metric } = useFormat();
  const top = Math.max(1, ...rows.map(({ value }) => Number(value ?? 0)));
  return (
    <Panel title={title} extra={href && <Link href={href}>{t("metric.drill")}</Link>}>
      {rows.length === 0 ? (
        <Empty title={t("overview.empty")} />
      ) : (
        <ul className="plain-list stack tight">
          {rows.slice(0, MOST).map((row) => (
            <li key={row.key} className="breakdown">
              <span className="name">{row.key || t("overview.unknown_key")}</span>
              <span className="bar" aria-hidden>
                <i style={{ width: `${Math.max(0, (Number(row.value ?? 0) / top) * 100)}%` }} />
              </span>
              <span className="num">{metric(row.value, "money")}</span>
            </li>
          ))}
        </ul>
      )}
    </Panel>
  );
}
