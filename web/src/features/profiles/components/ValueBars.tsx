import { useTranslation } from "react-i18next";
import { codeOf } from "@/lib/code";
import { paths } from "@/lib/paths";
import { useFormat } from "@/lib/useFormat";
import type { Tag } from "../api";
import { CountBars } from "./CountBars";
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
  const { pick } = useFormat();
  if (tag.waiting) return <WaitsFor tag={tag} />;
  const values = most
    ? largest(
        tag.values.filter((value) => held(value) > 0),
        most,
      )
    : tag.values;
  if (values.length === 0) return <span className="soft">{t("no_values")}</span>;
  const bars = values.map((one) => ({
    key: one.value,
    label: (
      <>
        {pick(one.label_zh, one.label_en) || one.value}{" "}
        {codeOf(one) && <code className="faint">{one.value}</code>}
      </>
    ),
    count: held(one),
    href: paths.tag(tag.id, { value: one.value }),
    current: chosen === one.value,
  }));
  return <CountBars bars={bars} longest={Math.max(...tag.values.map(held))} />;
}
