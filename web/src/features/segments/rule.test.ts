// @vitest-environment node
import { describe, expect, test } from "vitest";
import type { Measure } from "./measure";
import { emptyGroup, isComplete, newCondition, parseRule, renderRule } from "./rule";

const roundTrip = (rule: unknown) => {
  const parsed = parseRule(rule);
  if (!parsed) throw new Error("not readable");
  return renderRule(parsed);
};

describe("every form of the contract survives the builder", () => {
  const forms: Record<string, unknown> = {
    "tag in": { all: [{ tag: "val.rfm", in: ["重要价值", "重要发展"] }] },
    "tag gte keeps a number a number": { all: [{ tag: "val.r", gte: 4 }] },
    "tag is true": { all: [{ tag: "risk.churned", is: true }] },
    "attr is": { all: [{ attr: "gender", is: "female" }] },
    "attr between": { any: [{ attr: "age", between: [30, 45] }] },
    "attr exists": { all: [{ attr: "phone", exists: false }] },
    "event count": { all: [{ event: "payment.received", within: "180d", count: { gte: 2 } }] },
    "event sum keeps money text": {
      all: [
        {
          event: "payment.received",
          from: "2026-01-01",
          to: "2026-07-01",
          sum: { field: "amount", gte: "5000.00" },
        },
      ],
    },
    "event last before": { all: [{ event: "visit.closed", last: { before: "180d" } }] },
    "event first after with where": {
      all: [
        {
          event: "visit.closed",
          first: { after: "30d" },
          where: { item: { in: ["种植"] }, amount: { gte: "100.00" }, first: { is: true } },
        },
      ],
    },
    "event distinct": {
      all: [{ event: "visit.closed", within: "365d", distinct: { field: "line", gte: 2 } }],
    },
    "event gaps": { all: [{ event: "visit.closed", gaps: { which: "longest", gte: "180d" } }] },
    "the top of a sum": {
      all: [{ event: "payment.received", sum: { field: "amount", gte: { quantile: 80 } } }],
    },
    "the bottom of a tag": { all: [{ tag: "val.m", lte: { quantile: 30 } }] },
    "event followed by another": {
      all: [
        {
          event: "plan.presented",
          within: "90d",
          where: { amount: { gte: "100.00" } },
          followed_by: { event: "payment.received", within: "30d", where: { line: { in: ["种植"] } } },
        },
      ],
    },
    "event followed by none, ever": {
      all: [{ event: "lead.created", not_followed_by: { event: "visit.closed" } }],
    },
    nested: {
      all: [
        { any: [{ segment: "seg_1" }, { not: { tag: "risk.churned", is: true } }] },
        { not: { any: [{ segment: "seg_2" }, { segment: "seg_3" }] } },
      ],
    },
  };
  for (const [name, rule] of Object.entries(forms)) {
    test(name, () => expect(roundTrip(rule)).toEqual(rule));
  }
});

test("a bare condition is wrapped, an event without a measure means at least once", () => {
  expect(roundTrip({ event: "visit.closed" })).toEqual({
    all: [{ event: "visit.closed", count: { gte: 1 } }],
  });
});

test("what the builder has no control for is not silently changed", () => {
  expect(parseRule({ event: "visit.closed", count: { gte: 1, lte: 3 } })).toBeUndefined();
  expect(parseRule({ tag: "val.r", gte: 2, lte: 4 })).toBeUndefined();
  expect(parseRule({ event: "visit.closed", last: { before: "30d", after: "90d" } })).toBeUndefined();
  expect(parseRule({ event: "visit.closed", within: "1y", last: { before: "30d" } })).toBeUndefined();
  expect(parseRule({ event: "e", gaps: { which: "longest", gte: "9d", lte: "99d" } })).toBeUndefined();
  expect(parseRule({ event: "e", gaps: { which: "mean", gte: "9d" } })).toBeUndefined();
  expect(parseRule({ event: "e", count: { gte: { quantil: 80 } } })).toBeUndefined();
  expect(
    parseRule({ event: "e", not_followed_by: { event: "f", where: { a: { exists: true } } } }),
  ).toBeUndefined();
  expect(parseRule({ unheard: 1 })).toBeUndefined();
  expect(parseRule("x")).toBeUndefined();
});

test("a rule with a hole in it is not complete", () => {
  expect(isComplete(emptyGroup())).toBe(false);
  const tag = newCondition("tag");
  expect(isComplete({ ...emptyGroup(), items: [tag] })).toBe(false);
  const event = newCondition("event");
  if (event.kind !== "event") throw new Error("wrong kind");
  expect(isComplete({ ...event, event: "visit.closed" })).toBe(true);
  expect(isComplete({ ...event, event: "visit.closed", window: { kind: "within", span: "x" } })).toBe(false);
  const measured = (measure: Measure) => isComplete({ ...event, event: "visit.closed", measure });
  expect(measured({ kind: "count", op: "top", value: "20" })).toBe(true);
  expect(measured({ kind: "count", op: "top", value: "100" })).toBe(false);
  expect(measured({ kind: "distinct", field: "", op: "gte", value: "2" })).toBe(false);
  expect(measured({ kind: "not_followed_by", event: "", span: "7d", where: [] })).toBe(false);
  expect(measured({ kind: "not_followed_by", event: "appt.booked", span: "", where: [] })).toBe(true);
  expect(measured({ kind: "gaps", which: "median", op: "lte", span: "d" })).toBe(false);
});
