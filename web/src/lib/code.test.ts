// @vitest-environment node
import { expect, test } from "vitest";
import { codeOf } from "./code";

test("a proper name keeps its code beside it; words and open texts have none", () => {
  expect(codeOf({ value: "BJ01", label_zh: "滨江店", label_en: "滨江店" })).toBe("BJ01");
  expect(codeOf({ value: "H", label_zh: "高", label_en: "High" })).toBeUndefined();
  expect(codeOf({ value: "怕疼", label_zh: "怕疼", label_en: "怕疼" })).toBeUndefined();
});
