/**
 * The rule as the builder holds it, and its way to and from the JSON of the segment contract.
 * `parseRule` then `renderRule` gives a rule of the same meaning; what the builder cannot hold parses to nothing.
 */
import {
  hasWindow,
  isRank,
  type Measure,
  measureComplete,
  parseMeasure,
  parseRank,
  rankComplete,
  renderMeasure,
  renderRank,
  SPAN,
} from "./measure";
import {
  isObject,
  type Json,
  parseWhere,
  renderWhere,
  texts,
  Unreadable,
  type Where,
  whereComplete,
} from "./where";

const OPS = ["in", "is", "gte", "lte", "between", "exists"] as const;
export type Op = (typeof OPS)[number] | "top" | "bottom";
export type Window =
  | { kind: "ever" }
  | { kind: "within"; span: string }
  | { kind: "range"; from: string; to: string };

export type Group = { kind: "group"; key: string; op: "all" | "any" | "not"; items: Node[] };
export type Condition =
  | { kind: "tag"; key: string; tag: string; op: Op; values: string[] }
  | { kind: "attr"; key: string; attr: string; op: Op; values: string[] }
  | { kind: "event"; key: string; event: string; window: Window; measure: Measure; where: Where[] }
  | { kind: "segment"; key: string; segment: string };
export type Node = Group | Condition;

let made = 0;
/** A key for React; it never leaves the screen. */
export const newKey = () => `n${++made}`;

export const emptyGroup = (op: Group["op"] = "all"): Group => ({
  kind: "group",
  key: newKey(),
  op,
  items: [],
});

export function newCondition(kind: Condition["kind"]): Condition {
  const key = newKey();
  switch (kind) {
    case "tag":
      return { kind, key, tag: "", op: "in", values: [] };
    case "attr":
      return { kind, key, attr: "", op: "is", values: [] };
    case "event":
      return {
        kind,
        key,
        event: "",
        window: { kind: "within", span: "180d" },
        measure: { kind: "count", op: "gte", value: "1" },
        where: [],
      };
    case "segment":
      return { kind, key, segment: "" };
  }
}

/** A number where it reads as one, so that `4` does not become `"4"`; decimals of money stay text. */
const scalar = (text: string): string | number => (/^-?(0|[1-9]\d*)$/.test(text) ? Number(text) : text);

/** The builder's form of a rule; nothing when it says something the builder has no control for. */
export function parseRule(rule: unknown): Group | undefined {
  try {
    const node = parseNode(rule);
    return node.kind === "group" ? node : { ...emptyGroup(), items: [node] };
  } catch (error) {
    if (error instanceof Unreadable) return undefined;
    throw error;
  }
}

function parseNode(rule: unknown): Node {
  if (!isObject(rule)) throw new Unreadable();
  const key = newKey();
  if (Array.isArray(rule.all)) return { kind: "group", key, op: "all", items: rule.all.map(parseNode) };
  if (Array.isArray(rule.any)) return { kind: "group", key, op: "any", items: rule.any.map(parseNode) };
  if (rule.not !== undefined) {
    const inner = parseNode(rule.not);
    const items = inner.kind === "group" && inner.op === "any" ? inner.items : [inner];
    return { kind: "group", key, op: "not", items };
  }
  if (typeof rule.segment === "string") return { kind: "segment", key, segment: rule.segment };
  if (typeof rule.tag === "string") return { kind: "tag", key, tag: rule.tag, ...comparison(rule) };
  if (typeof rule.attr === "string") return { kind: "attr", key, attr: rule.attr, ...comparison(rule) };
  if (typeof rule.event === "string") {
    const [window, measure] = [parseWindow(rule), parseMeasure(rule)];
    if (!hasWindow(measure) && window.kind !== "ever") throw new Unreadable();
    return { kind: "event", key, event: rule.event, window, measure, where: parseWhere(rule.where) };
  }
  throw new Unreadable();
}

function comparison(rule: Json): { op: Op; values: string[] } {
  const [op, more] = OPS.filter((one) => rule[one] !== undefined);
  if (op === undefined || more !== undefined) throw new Unreadable();
  const rank = parseRank(op, rule[op]);
  return rank ? { op: rank.op, values: [rank.value] } : { op, values: texts(rule[op]) };
}

function parseWindow(rule: Json): Window {
  if (typeof rule.within === "string") return { kind: "within", span: rule.within };
  if (rule.from !== undefined || rule.to !== undefined) {
    return { kind: "range", from: String(rule.from ?? ""), to: String(rule.to ?? "") };
  }
  return { kind: "ever" };
}

/** The JSON of the contract. */
export function renderRule(node: Node): Json {
  switch (node.kind) {
    case "group": {
      const items = node.items.map(renderRule);
      if (node.op !== "not") return { [node.op]: items };
      return { not: items.length === 1 ? (items[0] as Json) : { any: items } };
    }
    case "segment":
      return { segment: node.segment };
    case "tag":
      return { tag: node.tag, ...renderTest(node.op, node.values) };
    case "attr":
      return { attr: node.attr, ...renderTest(node.op, node.values) };
    case "event":
      return {
        event: node.event,
        ...renderWindow(node.window),
        ...renderMeasure(node.measure),
        ...renderWhere(node.where),
      };
  }
}

const renderTest = (op: Op, values: string[]): Json =>
  isRank(op) ? renderRank(op, values[0] ?? "") : { [op]: renderValue(op, values) };

function renderValue(op: Op, values: string[]): unknown {
  const [first = ""] = values;
  if (op === "exists") return first !== "false";
  if (op === "in") return values;
  if (op === "between") return values.map(scalar);
  if (op === "is") return first === "true" ? true : first === "false" ? false : first;
  return scalar(first);
}

function renderWindow(window: Window): Json {
  if (window.kind === "within") return { within: window.span };
  if (window.kind === "range")
    return { ...(window.from && { from: window.from }), ...(window.to && { to: window.to }) };
  return {};
}

const filled = (values: string[], least: number) =>
  values.length >= least && values.every((value) => value !== "");

/** Whether everything is filled in, so that the server can be asked. */
export function isComplete(node: Node): boolean {
  switch (node.kind) {
    case "group":
      return node.items.length > 0 && node.items.every(isComplete);
    case "segment":
      return node.segment !== "";
    case "tag":
      return node.tag !== "" && testComplete(node.op, node.values);
    case "attr":
      return node.attr !== "" && testComplete(node.op, node.values);
    case "event":
      return (
        node.event !== "" &&
        windowComplete(node.window) &&
        measureComplete(node.measure) &&
        whereComplete(node.where)
      );
  }
}

function testComplete(op: Op, values: string[]): boolean {
  if (isRank(op)) return rankComplete(values[0] ?? "");
  return op === "exists" || filled(values, op === "between" ? 2 : 1);
}

function windowComplete(window: Window): boolean {
  if (window.kind === "within") return SPAN.test(window.span);
  return window.kind === "ever" || window.from !== "" || window.to !== "";
}
