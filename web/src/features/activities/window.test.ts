// @vitest-environment node
import { expect, test } from "vitest";
import { instantOf } from "@/lib/format";
import { eightHours, onTheWall } from "./window";

test("the fields show what the chain's clocks show, wherever the reader sits", () => {
  const instant = "2026-05-01T01:30:00.000Z";
  for (const zone of ["Asia/Shanghai", "Australia/Sydney"]) {
    const wall = onTheWall(instant, zone);
    expect(new Date(instantOf(wall.replace("T", " "), zone)).toISOString()).toBe(instant);
  }
  expect(onTheWall(instant, "Asia/Shanghai")).toBe("2026-05-01T09:30");
});

test("a new activity starts with the present hour and lasts eight", () => {
  const fields = eightHours("Asia/Shanghai", new Date("2026-05-01T01:30:00Z"));
  expect(fields).toEqual(["2026-05-01T09:00", "2026-05-01T17:00"]);
});
