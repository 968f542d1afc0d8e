// @vitest-environment node
import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { root } from "./source";

test("the typed client is what the API's document says", () => {
  const made = execFileSync("node", [join(root, "tools/gen.mjs"), "--stdout"], {
    encoding: "utf8",
    maxBuffer: 1 << 26,
  });
  const committed = readFileSync(join(root, "src/generated/schema.d.ts"), "utf8");
  expect(committed === made, "run `npm run gen` in web/ and commit the result").toBe(true);
}, 60_000);
