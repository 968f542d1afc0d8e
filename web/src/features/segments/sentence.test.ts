// @vitest-environment node
import i18next from "i18next";
import { beforeAll, expect, test } from "vitest";
import { parseRule } from "./rule";
import { type Names, sentenceOf } from "./sentence";
import { texts } from "./texts";

const names: Names = {
  tag: (id) => ({ "val.rfm": "客户价值", "life.new_30d": "30天新客" })[id] ?? id,
  tagValue: (_, value) => value,
  attr: (id) => ({ age: "年龄" })[id] ?? id,
  attrValue: (_, value) => value,
  event: () => "收款",
  field: (_, name) => ({ amount: "金额", item: "项目", clinic: "门店" })[name] ?? name,
  fieldValue: (_, name, value) => (name === "clinic" && value === "C1" ? "滨江店" : value),
  segment: () => "老客",
};

beforeAll(() =>
  i18next.init({
    lng: "zh",
    resources: { zh: { segments: texts.zh } },
    interpolation: { escapeValue: false },
  }),
);

function say(rule: unknown): string {
  const parsed = parseRule(rule);
  if (!parsed) throw new Error("not readable");
  return sentenceOf(parsed, names, i18next.getFixedT("zh", "segments"));
}

test("rules read as sentences", () => {
  expect(say({ tag: "life.new_30d", is: true })).toBe("30天新客");
  expect(say({ not: { tag: "life.new_30d", is: false } })).toBe("不符合（不是30天新客）");
  expect(
    say({
      all: [
        { tag: "val.rfm", in: ["重要价值", "重要发展"] },
        { attr: "age", between: [30, 45] },
      ],
    }),
  ).toBe("客户价值是重要价值或重要发展，且年龄在 30 到 45 之间");
  expect(
    say({
      any: [
        { segment: "seg_1" },
        { all: [{ event: "e", within: "180d", count: { gte: 2 } }, { segment: "seg_1" }] },
      ],
    }),
  ).toBe("属于「老客」，或（最近 180 天收款不少于 2 次，且属于「老客」）");
  expect(
    say({ event: "e", sum: { field: "amount", gte: "5000.00" }, where: { item: { in: ["种植"] } } }),
  ).toBe("收款（项目是种植）的金额合计不少于 5000.00");
  expect(say({ event: "e", last: { before: "180d" } })).toBe("最近一次收款在 180 天以前");
});

test("an event's clinic is said by its name", () => {
  const visits = { event: "visit.closed", where: { clinic: { in: ["C1", "C9"] } } };
  expect(say({ all: [visits] })).toMatch(/门店.*滨江店.*C9/);
});
