// @vitest-environment node
import { expect, test } from "vitest";
import { idsOf, makerOf } from "./idHistory";

const reason = { rule: "phone_name", reason_zh: "手机号相同，姓名相同", reason_en: "Same phone, same name" };

test("every record of a person is an id that leads there", () => {
  const here = idsOf([{ id: "rec_01a" }, { id: "rec_01b" }]);
  expect([here.has("per_01a"), here.has("per_01b"), here.has("per_01c")]).toEqual([true, true, false]);
});

test("a move is told by who made it, and one of the rules by what they found", () => {
  expect(makerOf({ by: "rule", reason, staff_id: null })).toEqual({ by: "rule", reason });
  expect(makerOf({ by: "staff", reason, staff_id: "stf_1" })).toEqual({ by: "staff", staff: "stf_1" });
  expect(makerOf({ by: "source", reason, staff_id: null })).toEqual({ by: "source", staff: undefined });
});
