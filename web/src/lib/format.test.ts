// @vitest-environment node
import { expect, test } from "vitest";
import * as format from "./format";

const zh: format.Locale = { language: "zh-CN", timeZone: "Asia/Shanghai", currency: "CNY" };
const en: format.Locale = { ...zh, language: "en" };

test("money is minor units of its own currency", () => {
  expect(format.formatMoney({ minor: 123450, currency: "CNY" }, zh)).toBe("¥1,234.50");
  expect(format.formatMoney({ minor: -5, currency: "CNY" }, en)).toBe("-¥0.05");
  expect(format.formatMoney({ minor: 1250, currency: "JPY" }, zh)).toBe("¥1,250");
});

test("a metric without a value is a dash, never a zero", () => {
  expect(format.formatMetric(null, "percent", zh)).toBe("—");
  expect(format.formatMetric("", "money", zh)).toBe("—");
  expect(format.formatMetric("0", "money", zh)).toBe("¥0");
  expect(format.formatMetric("0.2314", "percent", zh)).toBe("23.1%");
  expect(format.formatMetric("0.0026", "percent", zh)).toBe("0.26%");
  expect(format.formatMetric("3.21", "permille", zh)).toBe("3.2‰");
  expect(format.formatMetric("12345.60", "money", zh)).toBe("¥12,346");
  expect(format.formatMetric("88.5", "money", zh)).toBe("¥88.50");
});

test("instants are shown in the chain's zone, civil dates as they are", () => {
  expect(format.formatDateTime("2026-03-07T16:30:00Z", zh)).toBe("2026/03/08 00:30");
  expect(format.formatDateTime("2026-03-07T16:30:00Z", { ...en, timeZone: "Asia/Shanghai" })).toBe(
    "2026-03-08 00:30",
  );
  expect(format.formatDate("2026-03-07T16:30:00Z", zh)).toBe("2026/03/08");
  expect(format.formatDate("2026-03-08", { ...zh, timeZone: "America/New_York" })).toBe("2026/03/08");
  expect(format.formatDate("2026-03-08", en)).toBe("2026-03-08");
  expect(format.formatDate(null, zh)).toBe("—");
});

test("a day begins where the chain is, not where the browser is", () => {
  const late = new Date("2026-12-31T17:00:00Z");
  expect(format.todayIn("Asia/Shanghai", late)).toBe("2027-01-01");
  expect(format.todayIn("UTC", late)).toBe("2026-12-31");
  expect(format.instantOf("2026-03-08 09:30", "Asia/Shanghai")).toBe("2026-03-08T01:30:00.000Z");
  expect(format.addDays("2026-02-28", 1)).toBe("2026-03-01");
});

test("things side by side are separated as the language does", () => {
  expect(format.joinList(["城东店", "城西店"], zh)).toBe("城东店、城西店");
  expect(format.joinList(["East", "West"], en)).toBe("East, West");
  expect(format.joinClauses(["a", "b"], en)).toBe("a; b");
});

test("sizes", () => {
  expect(format.formatBytes(900, zh)).toBe("900 B");
  expect(format.formatBytes(1_572_864, zh)).toBe("1.5 MB");
});
