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
    resources: { zh: { segments: texts.zh }, en: { segments: texts.en } },
    interpolation: { escapeValue: false },
  }),
);

function say(rule: unknown, language: "zh" | "en" = "zh"): string {
  const parsed = parseRule(rule);
  if (!parsed) throw new Error("not readable");
  return sentenceOf(parsed, names, i18next.getFixedT(language, "segments"));
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

test("measures read as sentences in both languages", () => {
  const rules = [
    { event: "e", within: "180d", distinct: { field: "item", gte: 2 } },
    { event: "e", gaps: { which: "longest", gte: "180d" } },
    { event: "e", within: "365d", sum: { field: "amount", gte: { quantile: 80 } } },
    { tag: "val.rfm", lte: { quantile: 30 } },
    { event: "e", within: "90d", not_followed_by: { event: "e", within: "14d" } },
    { event: "e", followed_by: { event: "e" } },
  ];
  expect(rules.map((rule) => say(rule))).toEqual([
    "最近 180 天收款的不同项目不少于 2 个",
    "收款的最长间隔不短于 180 天",
    "最近 365 天收款的金额合计位于前 20%",
    "客户价值位于后 30%",
    "最近 90 天有收款，之后 14 天内没有收款",
    "有收款，之后有收款",
  ]);
  expect(rules.map((rule) => say(rule, "en"))).toEqual([
    "收款 with at least 2 different values of 项目 in the last 180 days",
    "longest gap of 收款 is at least 180 days",
    "sum of 金额 of 收款 in the last 365 days is in the top 20%",
    "客户价值 is in the bottom 30%",
    "收款 in the last 90 days not followed by 收款 within 14 days",
    "收款 followed by 收款",
  ]);
});

test("an event's clinic is said by its name", () => {
  const visits = { event: "visit.closed", where: { clinic: { in: ["C1", "C9"] } } };
  expect(say({ all: [visits] })).toMatch(/门店.*滨江店.*C9/);
});
