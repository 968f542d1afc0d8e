// @vitest-environment node
import { expect, test } from "vitest";
import { presetRange } from "./DateRange";

test("ranges are half open and hold today", () => {
  expect(presetRange("7d", "2026-03-08")).toEqual({ from: "2026-03-02", to: "2026-03-09" });
  expect(presetRange("month", "2026-03-01")).toEqual({ from: "2026-03-01", to: "2026-03-02" });
  expect(presetRange("last_month", "2026-03-31")).toEqual({ from: "2026-02-01", to: "2026-03-01" });
  expect(presetRange("last_month", "2026-01-15")).toEqual({ from: "2025-12-01", to: "2026-01-01" });
  expect(presetRange("year", "2026-03-08")).toEqual({ from: "2026-01-01", to: "2026-03-09" });
});
