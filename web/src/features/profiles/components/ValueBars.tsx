import { useTranslation } from "react-i18next";
import { Link } from "@/lib/navigation";
import { paths } from "@/lib/paths";
import { useFormat } from "@/lib/useFormat";
import type { Tag } from "../api";
import { codeOf } from "../code";
import { WaitsFor } from "./WaitsFor";

type Value = Tag["values"][number];

/** How many hold a value; a tag that waits for data counts nobody. */
const held = (value: Value) => value.count ?? 0;

/** The most frequent values, in the tag's own order. */
function largest(values: Value[], most: number): Value[] {
  const least = [...values].sort((a, b) => held(b) - held(a)).slice(0, most);
  return values.filter((value) => least.includes(value));
}

type ValueBarsProps = { tag: Tag; most?: number; chosen?: string };

/** How many people hold each value; each bar leads to them. */
export function ValueBars({ tag, most, chosen }: ValueBarsProps) {
  const { t } = useTranslation("profiles");
  const { pick, number } = useFormat();
  if (tag.waiting) return <WaitsFor tag={tag} />;
  const values = most
    ? largest(
        tag.values.filter((value) => held(value) > 0),
        most,
      )
    : tag.values;
  const top = Math.max(1, ...tag.values.map(held));
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
                <i style={{ width: `${(held(one) / top) * 100}%` }} />
              </span>
              <span className="num soft">{number(held(one))}</span>
            </Link>
          </li>
        );
      })}
    </ul>
  );
}
