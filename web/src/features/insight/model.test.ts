// @vitest-environment node
import { expect, test } from "vitest";
import { csvOf, dayCount, growth, pivot, ranked, timeAxis, withoutEmptyToday } from "./model";

const row = (keys: string[], value: string | null, mature = true) => ({
  keys,
  value,
  numerator: null,
  denominator: null,
  mature,
});

test("a change against nothing is nothing, not infinite and not zero", () => {
  expect(growth("10", "8")).toBeCloseTo(0.25);
  expect(growth("10", "0")).toBeUndefined();
  expect(growth("10", null)).toBeUndefined();
  expect(growth(null, "5")).toBeUndefined();
  expect(growth("-5", "-10")).toBeCloseTo(0.5);
});

test("the days of a half-open window", () => {
  expect(dayCount({ from: "2026-02-01", to: "2026-03-01" })).toBe(28);
});

test("a pivot keeps the order of the answer and leaves holes empty", () => {
  const { axis, series } = pivot([
    row(["2026-01", "A"], "1"),
    row(["2026-02", "B"], "2", false),
    row(["2026-02", "A"], null),
  ]);
  expect(axis).toEqual(["2026-01", "2026-02"]);
  expect(series).toEqual([
    { name: "A", values: [1, null], mature: [true, true] },
    { name: "B", values: [null, 2], mature: [true, false] },
  ]);
});

test("csv quotes what needs it and defuses formulas but not negative numbers", () => {
  const text = csvOf(["item"], [row(['种植,"全口"'], "5000.00"), row(["=1+1"], "-3")]);
  expect(text.split("\r\n")).toEqual([
    "item,value,numerator,denominator,mature",
    '"种植,""全口""",5000.00,,,true',
    "'=1+1,-3,,,true",
  ]);
});

test("a time axis has every day, Monday or month, whether something happened or not", () => {
  const window = { from: "2026-02-27", to: "2026-03-03" };
  expect(timeAxis("date", window)).toEqual(["2026-02-27", "2026-02-28", "2026-03-01", "2026-03-02"]);
  expect(timeAxis("week", window)).toEqual(["2026-02-23", "2026-03-02"]);
  expect(timeAxis("month", window)).toEqual(["2026-02", "2026-03"]);
});

test("a day on which nothing happened is zero for a sum and empty for a ratio", () => {
  const days = ["2026-03-01", "2026-03-02"];
  expect(pivot([row(["2026-03-02"], "3")], days, 0).series[0]?.values).toEqual([0, 3]);
  expect(pivot([row(["2026-03-02"], "0.5")], days, null).series[0]?.values).toEqual([null, 0.5]);
});

test("today is left out of a line until something of it is known", () => {
  const days = ["2026-03-01", "2026-03-02"];
  expect(withoutEmptyToday(days, "2026-03-02", new Set(["2026-03-01"]))).toEqual(["2026-03-01"]);
  expect(withoutEmptyToday(days, "2026-03-02", new Set(days))).toEqual(days);
  expect(withoutEmptyToday(days, "2026-03-09", new Set())).toEqual(days);
  expect(withoutEmptyToday(["2026-03-02"], "2026-03-02", new Set())).toEqual(["2026-03-02"]);
});

test("names are ranked by their number, days and pairs are left in their order", () => {
  const rows = [row(["a"], "1"), row(["b"], "9")];
  expect(ranked(rows, ["channel"]).map(({ keys }) => keys[0])).toEqual(["b", "a"]);
  expect(ranked(rows, ["date"])).toEqual(rows);
  expect(ranked(rows, ["channel", "clinic"])).toEqual(rows);
});
