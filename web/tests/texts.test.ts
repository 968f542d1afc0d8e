// @vitest-environment node
import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { texts } from "@/app/texts";
import { sources } from "./source";

type Tree = { [key: string]: string | Tree };

function flat(tree: Tree, prefix = ""): Map<string, string> {
  const entries = Object.entries(tree).flatMap(([key, value]) =>
    typeof value === "string" ? [[prefix + key, value] as const] : [...flat(value, `${prefix}${key}.`)],
  );
  return new Map(entries);
}

const slots = (text: string) => [...text.matchAll(/\{\{(\w+)\}\}/g)].map(([, name]) => name).sort();

for (const [name, { zh, en }] of Object.entries(texts)) {
  test(`${name}: both languages say the same things with the same blanks`, () => {
    const chinese = flat(zh);
    const english = flat(en);
    expect([...english.keys()].sort()).toEqual([...chinese.keys()].sort());
    for (const [key, text] of chinese) {
      expect(text.trim(), key).not.toBe("");
      expect(slots(english.get(key) ?? ""), key).toEqual(slots(text));
    }
  });
}

test("no Chinese is left in the English texts", () => {
  for (const [name, { en }] of Object.entries(texts)) {
    for (const [key, text] of flat(en)) expect(/[\u4e00-\u9fff]/.test(text), `${name}:${key}`).toBe(false);
  }
});

test("every text that the screens ask for by name exists", () => {
  const known = new Map(Object.entries(texts).map(([name, { zh }]) => [name, flat(zh)]));
  const missing: string[] = [];
  let asked = 0;
  for (const { path, text } of sources()) {
    if (path.includes(".test.")) continue;
    // Helpers that are handed `t` belong to their feature, which is the folder they stand in.
    const feature = /^features\/(\w+)\//.exec(path)?.[1] ?? "common";
    const scope = /useTranslation\(\s*\)/.test(text)
      ? "common"
      : (/useTranslation\("(\w+)"\)/.exec(text)?.[1] ?? feature);
    for (const [, key = ""] of text.matchAll(/\bt\(\s*"([\w.:]+)"/g)) {
      asked += 1;
      const [space, name] = key.includes(":") ? (key.split(":") as [string, string]) : [scope, key];
      if (!known.get(space)?.has(name)) missing.push(`${path}: ${key}`);
    }
  }
  expect(asked).toBeGreaterThan(300);
  expect(missing).toEqual([]);
});

test("every value of a closed list in the event catalogue has a word", () => {
  const catalogue = readFileSync(new URL("../../catalog/events.toml", import.meta.url), "utf8");
  const listed = [...catalogue.matchAll(/values = \[([^\]]*)\]/g)]
    .flatMap(([, list = ""]) => [...list.matchAll(/"([^"]+)"/g)].map(([, value = ""]) => value))
    .filter((value) => /^[a-z_]+$/.test(value));
  const known = new Set(flat((texts.values as { zh: Tree }).zh).keys());
  expect(listed.length).toBeGreaterThan(50);
  expect(listed.filter((value) => !known.has(value))).toEqual([]);
});
