import { expect, test } from "vitest";
import { isOverridden, scaleOf, toStored } from "./thresholds";

const days = { name: "days", least: 1, most: 36_500 };
const amount = { name: "single_1_minor", least: 1, most: 1_000_000 };

test("amounts are typed in the major unit and stored in the minor one", () => {
  expect(scaleOf(amount)).toBe(100);
  expect(toStored(3000.55, amount)).toBe(300_055);
  expect(toStored(180, days)).toBe(180);
});

test("what is empty or out of range is not stored", () => {
  expect(toStored(null, days)).toBeUndefined();
  expect(toStored(0, days)).toBeUndefined();
  expect(toStored(36_501, days)).toBeUndefined();
  expect(toStored(10_000.01, amount)).toBeUndefined();
});

test("the latest change says whether the library's number is in force", () => {
  const change = (value: number | null) => ({ at: "2026-01-01T00:00:00Z", value, staff_name: null });
  expect(isOverridden({ changes: [] })).toBe(false);
  expect(isOverridden({ changes: [change(200)] })).toBe(true);
  expect(isOverridden({ changes: [change(null), change(200)] })).toBe(false);
});
