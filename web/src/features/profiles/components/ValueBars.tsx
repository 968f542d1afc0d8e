import { useTranslation } from "react-i18next";
import { Link } from "@/lib/navigation";
import { paths } from "@/lib/paths";
import { useFormat } from "@/lib/useFormat";
import type { Tag } from "../api";
import { codeOf } from "../code";

type Value = Tag["values"][number];

/** The most frequent values, in the tag's own order. */
function largest(values: Value[], most: number): Value[] {
  const least = [...values].sort((a, b) => b.count - a.count).slice(0, most);
  return values.filter((value) => least.includes(value));
}

type ValueBarsProps = { tag: Tag; most?: number; chosen?: string };

/** How many people hold each value; each bar leads to them. */
export function ValueBars({ tag, most, chosen }: ValueBarsProps) {
  const { t } = useTranslation("profiles");
  const { pick, number } = useFormat();
  const held = tag.values.filter(({ count }) => count > 0);
  const values = most ? largest(held, most) : tag.values;
  const top = Math.max(1, ...tag.values.map(({ count }) => count));
  if (values.length === 0) return <span className="soft">{t("no_values")}</span>;
  return (
    <ul className="plain-list value-bars">
      {values.map((one) => {
        const label = pick(one.label_zh, one.label_en) || one.value;
        return (
          <li key={one.value}>
            <Link
              href={paths.tag(tag.id, { value: one.value })}
              aria-current={chosen === one.value ? "true" : undefined}
            >
              <span className="name">
                {label} {codeOf(one) && <code className="faint">{one.value}</code>}
              </span>
              <span className="bar" aria-hidden>
                <i style={{ width: `${(one.count / top) * 100}%` }} />
              </span>
              <span className="num soft">{number(one.count)}</span>
            </Link>
          </li>
        );
      })}
    </ul>
  );
}
