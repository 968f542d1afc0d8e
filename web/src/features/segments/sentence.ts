import type { Condition, Measure, Node, Window } from "./rule";

type Translate = (key: string, options?: Record<string, unknown>) => string;
/** Names of what a rule mentions, in the reader's language. */
export type Names = {
  tag: (id: string) => string;
  tagValue: (id: string, value: string) => string;
  attr: (id: string) => string;
  attrValue: (id: string, value: string) => string;
  event: (kind: string) => string;
  field: (kind: string, name: string) => string;
  fieldValue: (kind: string, name: string, value: string) => string;
  segment: (id: string) => string;
};

export function spanText(span: string, t: Translate): string {
  const [, count = "", unit = "d"] = /^(\d+)([hdw])$/.exec(span) ?? [];
  return count ? t(`sentence.span_${unit}`, { count: Number(count) }) : span;
}

/** A rule as one readable sentence. */
export function sentenceOf(node: Node, names: Names, t: Translate, top = true): string {
  if (node.kind !== "group") return conditionText(node, names, t);
  if (node.items.length === 0) return t("sentence.nothing");
  const parts = node.items
    .map((item) => sentenceOf(item, names, t, false))
    .join(t(node.op === "all" ? "sentence.and" : "sentence.or"));
  if (node.op === "not") return t("sentence.none_of", { parts });
  return top || node.items.length === 1 ? parts : t("sentence.group", { parts });
}

function conditionText(node: Condition, names: Names, t: Translate): string {
  switch (node.kind) {
    case "segment":
      return t("sentence.segment", { name: names.segment(node.segment) });
    case "event":
      return eventText(node, names, t);
    case "tag":
      return compared(node, names.tag(node.tag), (value) => names.tagValue(node.tag, value), t);
    case "attr":
      return compared(node, names.attr(node.attr), (value) => names.attrValue(node.attr, value), t);
  }
}

type Compared = Extract<Condition, { kind: "tag" | "attr" }>;

function compared(
  { op, values }: Compared,
  name: string,
  label: (value: string) => string,
  t: Translate,
): string {
  const [first = "", second = ""] = values;
  const shown = (value: string) =>
    value === "true" ? t("sentence.yes") : value === "false" ? t("sentence.no") : label(value);
  if (op === "exists") return t(first === "false" ? "sentence.not_exists" : "sentence.exists", { name });
  if (op === "is" && (first === "true" || first === "false")) return t(`sentence.flag_${first}`, { name });
  if (op === "between") return t("sentence.between", { name, from: first, to: second });
  return t(`sentence.${op}`, { name, value: values.map(shown).join(t("sentence.or_value")) });
}

function windowText(window: Window, t: Translate): string {
  if (window.kind === "within") return t("sentence.within", { span: spanText(window.span, t) });
  if (window.kind === "range") return t("sentence.range", { from: window.from || "…", to: window.to || "…" });
  return "";
}

function eventText(node: Extract<Condition, { kind: "event" }>, names: Names, t: Translate): string {
  const limits = node.where
    .map(({ field, op, value }) => {
      const values = op === "in" ? value.split(",") : [value];
      const said = values.map((one) => names.fieldValue(node.event, field, one)).join(t("sentence.or_value"));
      return t(`sentence.${op}`, { name: names.field(node.event, field), value: said });
    })
    .join(t("sentence.and"));
  const event = names.event(node.event) + (limits ? t("sentence.where", { parts: limits }) : "");
  const said = { event, window: windowText(node.window, t) };
  const measure =
    node.measure.kind === "sum"
      ? { ...node.measure, field: names.field(node.event, node.measure.field) }
      : node.measure;
  return measured(measure, said, t).trim();
}

function measured(measure: Measure, said: { event: string; window: string }, t: Translate): string {
  if (measure.kind === "last" || measure.kind === "first") {
    return t(`sentence.${measure.kind}_${measure.side}`, { ...said, value: spanText(measure.span, t) });
  }
  const op = t(`sentence.${measure.op}_short`);
  if (measure.kind === "count") return t("sentence.count", { ...said, op, value: measure.value });
  return t("sentence.sum", { ...said, op, value: measure.value, field: measure.field });
}
