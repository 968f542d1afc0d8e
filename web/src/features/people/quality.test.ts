// @vitest-environment node
import { expect, test } from "vitest";
import { duplicateRate, pairCounts, sizeBars, weightRows } from "./quality";
import { classes } from "./textsOfWeights";

test("the rate of duplicates of nothing is no rate", () => {
  expect(duplicateRate({ records: 0, persons: 0 })).toBeNull();
  expect(duplicateRate({ records: 8, persons: 6 })).toBe(0.25);
});

test("sizes have no gaps, and those beyond the last bar are added up in it", () => {
  expect(sizeBars([])).toEqual([]);
  const few = sizeBars([
    { records: 1, persons: 50 },
    { records: 3, persons: 2 },
  ]);
  expect(few.map(({ from, persons }) => [from, persons])).toEqual([
    [1, 50],
    [2, 0],
    [3, 2],
  ]);
  const many = sizeBars([
    { records: 10, persons: 4 },
    { records: 11, persons: 2 },
    { records: 40, persons: 1 },
  ]);
  expect(many).toHaveLength(10);
  expect(many.at(-1)).toEqual({ from: 10, tail: true, persons: 7 });
});

test("weights stand in the order of their comparisons, and only those that the server tells", () => {
  const parameters = {
    pairs: { same: 10, stranger: 90 },
    comparisons: {
      phone: { unlike: { same: 0.25, stranger: 0.5 }, own: { same: 0.5, stranger: 0.125 } },
      gender: { equal: { same: 0.9 } },
    },
  };
  const rows = weightRows(parameters);
  expect(rows.map(({ key, span, bits }) => [key, span, bits])).toEqual([
    ["phone.own", 2, 2],
    ["phone.unlike", 0, -1],
    ["gender.equal", 1, undefined],
  ]);
  expect(rows[0]?.shares).toHaveLength(classes.length);
  expect(pairCounts(parameters)).toEqual([10, undefined, undefined, undefined, undefined, 90]);
  expect(weightRows({})).toEqual([]);
});
