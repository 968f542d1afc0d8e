// @vitest-environment node
import { expect, test } from "vitest";
import { changesByDay } from "./changes";

test("entries and exits are counted on their own day, oldest first", () => {
  const newestFirst = [
    { change: "exited", at: "2026-03-02T09:00:00Z" },
    { change: "entered", at: "2026-03-02T08:00:00Z" },
    { change: "entered", at: "2026-03-01T08:00:00Z" },
    { change: "entered", at: "2026-03-01T07:00:00Z" },
  ];
  expect(changesByDay(newestFirst, (at) => at.slice(0, 10))).toEqual([
    { day: "2026-03-01", entered: 2, exited: 0 },
    { day: "2026-03-02", entered: 1, exited: 1 },
  ]);
});
