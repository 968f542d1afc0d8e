// @vitest-environment node
import { expect, test } from "vitest";
import { faultsOf, formOf, type MapBody, mapOf, parseValues, patternOf, renderValues } from "./mapping";

const people: MapBody = {
  kind: "people",
  encoding: "auto",
  source_id: "customer_no",
  fields: {
    name: "姓名",
    phone: ["手机", "电话"],
    gender: { column: "性别", values: { 男: "male", 女: "female" } },
    birth_date: { column: "出生日期", format: "%Y%m%d" },
    created_at: { column: "建档时间", format: "%Y-%m-%d %H:%M:%S", time_zone: "Asia/Shanghai" },
  },
  identifiers: { social_security: "soc_sec_id" },
  attributes: { occupation: "职业" },
};
const peopleColumns = [
  "customer_no",
  "姓名",
  "手机",
  "电话",
  "性别",
  "出生日期",
  "建档时间",
  "soc_sec_id",
  "职业",
  "多余",
];

const events: MapBody = {
  kind: "events",
  encoding: "auto",
  event: { column: "类型", values: { 收费: "payment.received", 退费: "refund.paid" } },
  event_id: ["order_no"],
  person: { source: "his", source_id: "customer_no" },
  at: { column: "date", format: "%Y%m%d", time_zone: "Asia/Shanghai" },
  clinic: "门店",
  props: { amount: { column: "amount", type: "money", currency: "CNY" }, item: "项目" },
};
const eventColumns = ["order_no", "customer_no", "类型", "date", "门店", "amount", "项目"];

test("the maps of the contract survive the screen", () => {
  expect(mapOf(formOf(people, peopleColumns))).toEqual(people);
  expect(mapOf(formOf(events, eventColumns))).toEqual(events);
  const fixed = { ...events, event: "payment.received" };
  expect(mapOf(formOf(fixed, eventColumns))).toEqual(fixed);
});

test("each column of the file has its line, in the file's order, unused ones too", () => {
  const form = formOf(people, peopleColumns);
  expect(form.columns.map(({ column }) => column)).toEqual(peopleColumns);
  expect(form.columns.at(-1)).toMatchObject({ column: "多余", target: "" });
});

test("what is missing or said twice is named before the server is asked", () => {
  const form = formOf({ kind: "people" }, ["a", "b"]);
  expect(faultsOf(form)).toEqual([{ code: "missing_source_id" }]);
  const named = form.columns.map((use) => ({ ...use, target: "field:gender" }));
  expect(faultsOf({ ...form, columns: named })).toContainEqual({ code: "double", target: "field:gender" });
  const phones = form.columns.map((use) => ({ ...use, target: "field:phone" }));
  expect(faultsOf({ ...form, columns: phones })).toEqual([{ code: "missing_source_id" }]);
  expect(faultsOf(formOf({ kind: "events" }, ["a"])).map(({ code }) => code)).toEqual([
    "missing_person",
    "missing_at",
    "missing_event",
  ]);
});

test("value tables keep an equals sign on the right and skip lines that say nothing", () => {
  expect(parseValues("男 = male\n\n女=female\nx\n=y\na = b=c")).toEqual({
    男: "male",
    女: "female",
    a: "b=c",
  });
  expect(renderValues({ 男: "male" })).toBe("男 = male");
});

test("a date format reads as a spreadsheet writes it", () => {
  expect(patternOf("%Y-%m-%d %H:%M:%S")).toBe("YYYY-MM-DD HH:mm:ss");
  expect(patternOf("%Y年%j")).toBe("YYYY年%j");
});
