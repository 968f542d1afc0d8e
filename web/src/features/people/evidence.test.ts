// @vitest-environment node
import { expect, test } from "vitest";
import { byWeight, fullBar, markOf, oddsOf } from "./evidence";
import { comparisons } from "./textsOfWeights";

const of = (comparison: string, level: string) => ({ comparison, level });

test("a name agrees only if all of it does, and differs if any of it does", () => {
  const cases: [string, string, string][] = [
    ["equal_common", "equal_rarest", "agree"],
    ["equal_common", "sound", "near"],
    ["near", "lookalike", "near"],
    ["equal_rare", "unlike", "differ"],
    ["unlike", "equal_common", "differ"],
  ];
  for (const [surname, given, mark] of cases) {
    expect(markOf("name", [of("surname", surname), of("given_name", given)])).toBe(mark);
  }
});

test("values that were not compared have no mark", () => {
  expect(markOf("phone", [of("surname", "unlike")])).toBeUndefined();
});

test("a form of address that fits is no equal name", () => {
  expect(markOf("name", [of("alias", "fits")])).toBe("near");
  expect(markOf("name", [of("alias", "equal")])).toBe("agree");
});

test("somebody else's phone is alike at best", () => {
  for (const level of ["guardian", "crowded", "near"])
    expect(markOf("phone", [of("phone", level)])).toBe("near");
  expect(markOf("phone", [of("phone", "own")])).toBe("agree");
});

test("of every comparison the strongest level agrees", () => {
  const strongest = comparisons.map(({ comparison, levels }) => of(comparison, levels[0] ?? ""));
  for (const field of [
    "name",
    "phone",
    "gender",
    "birth_date",
    "id_card",
    "guardian",
    "area",
    "wechat",
  ] as const) {
    expect(markOf(field, strongest), field).toBe("agree");
  }
});

test("a probability in words", () => {
  const words = [1, 0.99, 0.9, 0.7, 0.5, 0.2, 0].map(oddsOf);
  expect(words).toEqual(["certain", "certain", "likely", "rather", "open", "unlikely", "hardly"]);
});

test("what weighs most comes first, and weak findings keep short bars", () => {
  const finding = (comparison: string, strangers: number, relatives: number) => ({
    ...of(comparison, "equal"),
    text_zh: "",
    text_en: "",
    against_strangers: strangers,
    against_relatives: relatives,
  });
  const found = [finding("gender", 1, 0.5), finding("phone", 3, -12), finding("surname", 4, 0)];
  expect(byWeight(found).map(({ comparison }) => comparison)).toEqual(["phone", "surname", "gender"]);
  expect(fullBar(found)).toBe(12);
  expect(fullBar(found.slice(0, 1))).toBe(10);
});
