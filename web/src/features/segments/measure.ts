import { isObject, type Json, parseWhere, renderWhere, Unreadable, type Where, whereComplete } from "./where";

/** What a number must be: a bound, or a place among everybody's numbers in percent. */
export type NumberOp = "gte" | "lte" | "top" | "bottom";
export const GAPS = ["longest", "shortest", "median", "average", "last"] as const;
export type Gap = (typeof GAPS)[number];
export type Measure =
  | { kind: "count"; op: NumberOp; value: string }
  | { kind: "sum"; field: string; op: NumberOp; value: string }
  | { kind: "distinct"; field: string; op: NumberOp; value: string }
  | { kind: "gaps"; which: Gap; op: "gte" | "lte"; span: string }
  | { kind: "followed_by" | "not_followed_by"; event: string; span: string; where: Where[] }
  | { kind: "last"; side: "before" | "after"; span: string }
  | { kind: "first"; side: "before" | "after"; span: string };

/** Whether events of a stretch of time are looked at; the first and the last are of the whole log. */
export const hasWindow = (measure: Measure) => measure.kind !== "last" && measure.kind !== "first";

/** A place in percent as the quantile of the contract: the top 20 are at the 80th or above. */
export function renderRank(op: "top" | "bottom", value: string): Json {
  return op === "top" ? { gte: { quantile: 100 - Number(value) } } : { lte: { quantile: Number(value) } };
}

/** The place that a quantile of the contract is; nothing when it is no quantile. */
export function parseRank(op: unknown, value: unknown): { op: "top" | "bottom"; value: string } | undefined {
  if (!isObject(value)) return undefined;
  const { quantile } = value;
  if (typeof quantile !== "number") throw new Unreadable();
  if (op === "gte") return { op: "top", value: String(100 - quantile) };
  if (op === "lte") return { op: "bottom", value: String(quantile) };
  throw new Unreadable();
}

const RANK = /^[1-9]\d?$/;
export const isRank = (op: string): op is "top" | "bottom" => op === "top" || op === "bottom";
export const rankComplete = (value: string) => RANK.test(value);

/** The one bound among the conditions, beside a key that is none. */
function only(json: Json, beside?: string): ["gte" | "lte", unknown] {
  const named = Object.keys(json).filter((key) => key !== beside);
  const [op] = named;
  if (named.length !== 1 || (op !== "gte" && op !== "lte")) throw new Unreadable();
  return [op, json[op]];
}

function bound(json: Json): { op: NumberOp; value: string } {
  const [op, value] = only(json, "field");
  return parseRank(op, value) ?? { op, value: String(value) };
}

function parseGaps(gaps: Json): Measure {
  const [op, span] = only(gaps, "which");
  const which = GAPS.find((one) => one === gaps.which);
  if (which === undefined) throw new Unreadable();
  return { kind: "gaps", which, op, span: String(span) };
}

function parseSecond(kind: "followed_by" | "not_followed_by", second: Json): Measure {
  return {
    kind,
    event: String(second.event ?? ""),
    span: String(second.within ?? ""),
    where: parseWhere(second.where),
  };
}

export function parseMeasure(rule: Json): Measure {
  const { count, sum, distinct, gaps } = rule;
  if (isObject(count)) return { kind: "count", ...bound(count) };
  if (isObject(sum)) return { kind: "sum", field: String(sum.field ?? ""), ...bound(sum) };
  if (isObject(distinct))
    return { kind: "distinct", field: String(distinct.field ?? ""), ...bound(distinct) };
  if (isObject(gaps)) return parseGaps(gaps);
  for (const kind of ["followed_by", "not_followed_by"] as const) {
    const second = rule[kind];
    if (isObject(second)) return parseSecond(kind, second);
  }
  for (const kind of ["last", "first"] as const) {
    const edge = rule[kind];
    if (!isObject(edge)) continue;
    if (edge.before !== undefined && edge.after !== undefined) throw new Unreadable();
    if (typeof edge.before === "string") return { kind, side: "before", span: edge.before };
    if (typeof edge.after === "string") return { kind, side: "after", span: edge.after };
    throw new Unreadable();
  }
  return { kind: "count", op: "gte", value: "1" };
}

export function renderMeasure(measure: Measure): Json {
  switch (measure.kind) {
    case "count":
    case "distinct":
    case "sum": {
      const { kind, op, value } = measure;
      const field = kind === "count" ? {} : { field: measure.field };
      const plain = kind === "sum" ? value : Number(value);
      return { [kind]: { ...field, ...(isRank(op) ? renderRank(op, value) : { [op]: plain }) } };
    }
    case "gaps":
      return { gaps: { which: measure.which, [measure.op]: measure.span } };
    case "followed_by":
    case "not_followed_by": {
      const within = measure.span === "" ? {} : { within: measure.span };
      return { [measure.kind]: { event: measure.event, ...within, ...renderWhere(measure.where) } };
    }
    case "last":
    case "first":
      return { [measure.kind]: { [measure.side]: measure.span } };
  }
}

export const SPAN = /^[1-9]\d*[hdw]$/;

export function measureComplete(measure: Measure): boolean {
  switch (measure.kind) {
    case "count":
      return isRank(measure.op) ? rankComplete(measure.value) : /^\d+$/.test(measure.value);
    case "distinct":
      return (
        measure.field !== "" &&
        (isRank(measure.op) ? rankComplete(measure.value) : /^\d+$/.test(measure.value))
      );
    case "sum":
      return (
        measure.field !== "" &&
        (isRank(measure.op) ? rankComplete(measure.value) : /^-?\d+(\.\d+)?$/.test(measure.value))
      );
    case "followed_by":
    case "not_followed_by":
      return (
        measure.event !== "" &&
        (measure.span === "" || SPAN.test(measure.span)) &&
        whereComplete(measure.where)
      );
    default:
      return SPAN.test(measure.span);
  }
}
