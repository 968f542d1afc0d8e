// @vitest-environment node
import { posix } from "node:path";
import { expect, test } from "vitest";
import { sources } from "./source";

/** What each part may import of the others. `app` composes features; a feature never reaches into another. */
const ALLOWED: Record<string, string[]> = {
  generated: [],
  lib: ["lib", "generated"],
  ui: ["ui", "lib"],
  features: ["ui", "lib", "generated"],
  app: ["app", "features", "ui", "lib"],
};
const MOST_LINES = 400;

function partOf(path: string): { part: string; feature: string | undefined } {
  const [part = "", feature] = path.split("/");
  return { part, feature: part === "features" ? feature : undefined };
}

const imports = sources().flatMap(({ path, text }) =>
  [...text.matchAll(/(?:from|import\()\s*"((?:@|\.)[^"]*)"/g)]
    .map(([, target = ""]) =>
      target.startsWith("@/") ? target.slice(2) : posix.join(posix.dirname(path), target),
    )
    .filter((target) => !target.startsWith("@"))
    .map((target) => ({ path, target })),
);

test("imports go one way: lib → ui → features → app", () => {
  expect(imports.length).toBeGreaterThan(300);
  const wrong = imports.filter(({ path, target }) => {
    if (/\.test\.tsx?$/.test(path)) return false;
    const from = partOf(path);
    const to = partOf(target);
    if (from.feature && from.feature === to.feature) return false;
    return !ALLOWED[from.part]?.includes(to.part);
  });
  expect(wrong).toEqual([]);
});

test("ui knows neither the router nor the API", () => {
  const wrong = imports.filter(
    ({ path, target }) => path.startsWith("ui/") && /lib\/(api|navigation|queries)$/.test(target),
  );
  const routed = sources().filter(({ path, text }) => path.startsWith("ui/") && text.includes("@tanstack/"));
  expect([...wrong, ...routed.map(({ path }) => path)]).toEqual([]);
});

test("addresses are made in lib/paths only", () => {
  const wrong = sources().filter(
    ({ path, text }) => !/lib\/paths|\.test\.|app\/router/.test(path) && /href=(\{`|")\/(?!\/)/.test(text),
  );
  expect(wrong.map(({ path }) => path)).toEqual([]);
});

test("no file has grown past its limit", () => {
  const long = sources().filter(({ text }) => text.split("\n").length > MOST_LINES);
  expect(long.map(({ path }) => path)).toEqual([]);
});
