// @vitest-environment node
import { expect, test } from "vitest";
import { firstPage, groups, isCurrent, visibleGroups } from "./nav";
import { texts } from "./texts";

test("the menu shows what the permissions open, and no empty group", () => {
  const shown = visibleGroups((permission) => permission === "tasks.read");
  expect(shown.map(({ key, items }) => [key, items.map((item) => item.key)])).toEqual([["care", ["tasks"]]]);
});

test("the first page is one the reader may open", () => {
  expect(firstPage(new Set(["tasks.read", "people.read"]))).toBe("/people");
  expect(firstPage(new Set(["audit.read"]))).toBe("/settings/audit");
});

test("a page below an entry keeps the entry current, a like-named one does not", () => {
  const people = groups.flatMap(({ items }) => items).find(({ key }) => key === "people");
  if (!people) throw new Error("no entry for customers");
  expect(isCurrent(people, "/people/per_1")).toBe(true);
  expect(isCurrent(people, "/people-else")).toBe(false);
});

test("every entry has a name in both languages", () => {
  for (const { items } of groups) {
    for (const { key } of items) {
      for (const side of [texts.common.zh, texts.common.en]) expect(side).toHaveProperty(`nav.${key}`);
    }
  }
});
