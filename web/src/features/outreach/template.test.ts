// @vitest-environment node
import { expect, test } from "vitest";
import { fill } from "./template";

test("known variables are filled, unknown ones stay visible, braces of the text stay", () => {
  const values = { name: "王小明", salutation: "王小明先生", clinic: "城东店", chain: "诊环口腔" };
  expect(fill("{{name}}您好，{{ clinic }}提醒您。{{nmae}} {x}", values)).toBe(
    "王小明您好，城东店提醒您。{{nmae}} {x}",
  );
});

test("a value that looks like a variable is not filled again", () => {
  expect(fill("{{name}}", { name: "{{chain}}", salutation: "", clinic: "", chain: "X" })).toBe("{{chain}}");
});
