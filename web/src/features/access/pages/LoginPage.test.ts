// @vitest-environment node
import { expect, test } from "vitest";
import { safeNext } from "./LoginPage";

test("after the log-in only an address of our own is followed", () => {
  expect(safeNext("/people?q=1")).toBe("/people?q=1");
  for (const bad of [
    "//evil.example",
    "/\\evil.example",
    "https://evil.example",
    "javascript:alert(1)",
    undefined,
  ]) {
    expect(safeNext(bad)).toBe("/");
  }
});
