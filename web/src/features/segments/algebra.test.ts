import { expect, test } from "vitest";
import { combined, exactly } from "./algebra";

test("segments are joined by their names", () => {
  expect(combined("union", ["a", "b"])).toEqual({ any: [{ segment: "a" }, { segment: "b" }] });
  expect(combined("intersection", ["a", "b"])).toEqual({ all: [{ segment: "a" }, { segment: "b" }] });
});

test("a difference takes everything else from the first", () => {
  expect(combined("difference", ["a", "b", "c"])).toEqual({
    all: [{ segment: "a" }, { not: { any: [{ segment: "b" }, { segment: "c" }] } }],
  });
});

test("one exact combination leaves the others out", () => {
  expect(exactly(["a"], ["b"])).toEqual({ all: [{ segment: "a" }, { not: { any: [{ segment: "b" }] } }] });
  expect(exactly(["a", "b"], [])).toEqual({ all: [{ segment: "a" }, { segment: "b" }] });
});
