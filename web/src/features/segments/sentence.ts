import { isRank, type Measure } from "./measure";
import type { Condition, Node, Window } from "./rule";
import type { Where } from "./where";

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
  if (isRank(op)) return t("sentence.ranked", { name, rank: t(`sentence.rank_${op}`, { value: first }) });
  if (op === "between") return t("sentence.between", { name, from: first, to: second });
  return t(`sentence.${op}`, { name, value: values.map(shown).join(t("sentence.or_value")) });
}

function windowText(window: Window, t: Translate): string {
  if (window.kind === "within") return t("sentence.within", { span: spanText(window.span, t) });
  if (window.kind === "range") return t("sentence.range", { from: window.from || "…", to: window.to || "…" });
  return "";
}

/** An event with the conditions on its fields. */
function eventName(kind: string, where: Where[], names: Names, t: Translate): string {
  const limits = where
    .map(({ field, op, value }) => {
      const values = op === "in" ? value.split(",") : [value];
      const said = values.map((one) => names.fieldValue(kind, field, one)).join(t("sentence.or_value"));
      return t(`sentence.${op}`, { name: names.field(kind, field), value: said });
    })
    .join(t("sentence.and"));
  return names.event(kind) + (limits ? t("sentence.where", { parts: limits }) : "");
}

function eventText(node: Extract<Condition, { kind: "event" }>, names: Names, t: Translate): string {
  const { measure } = node;
  const said: Said = {
    event: eventName(node.event, node.where, names, t),
    window: windowText(node.window, t),
  };
  if (measure.kind === "sum" || measure.kind === "distinct")
    said.field = names.field(node.event, measure.field);
  if (measure.kind === "followed_by" || measure.kind === "not_followed_by") {
    said.second = eventName(measure.event, measure.where, names, t);
  }
  return measured(measure, said, t).replace(/ {2,}/g, " ").trim();
}

type Said = { event: string; window: string; field?: string; second?: string };

function measured(measure: Measure, said: Said, t: Translate): string {
  switch (measure.kind) {
    case "last":
    case "first":
      return t(`sentence.${measure.kind}_${measure.side}`, { ...said, value: spanText(measure.span, t) });
    case "followed_by":
    case "not_followed_by": {
      const span = measure.span && t("sentence.after_span", { span: spanText(measure.span, t) });
      return t(`sentence.${measure.kind}`, { ...said, span });
    }
    case "gaps": {
      const [which, op] = [t(`builder.gaps.${measure.which}`), t(`builder.gap_ops.${measure.op}`)];
      return t("sentence.gaps", { ...said, which, op, value: spanText(measure.span, t) });
    }
    default: {
      const { kind, op, value } = measure;
      if (isRank(op)) {
        return t(`sentence.${kind}_ranked`, { ...said, rank: t(`sentence.rank_${op}`, { value }) });
      }
      return t(`sentence.${kind}`, { ...said, op: t(`sentence.${op}_short`), value });
    }
  }
}
