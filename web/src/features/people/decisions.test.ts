// @vitest-environment node
import { expect, test } from "vitest";
import { strokesOf } from "./decisions";

const decision = (id: string, reason: string, withdrawn_at: string | null = null, record_b = "rec_2") => ({
  id,
  kind: "must",
  record_a: "rec_1",
  record_b,
  actor: "stf_1",
  reason,
  created_at: "2026-03-08T09:30:00Z",
  withdrawn_at,
});
const now = "2026-03-09T00:00:00Z";

test("pairs that were decided in one stroke are one line, which holds as long as one of them does", () => {
  const strokes = strokesOf([
    decision("dec_1", "同一人"),
    decision("dec_2", "同一人", now, "rec_3"),
    decision("dec_3", "看错了", now),
  ]);
  expect(strokes.map(({ first, held }) => [first.id, held])).toEqual([
    ["dec_1", ["dec_1"]],
    ["dec_3", []],
  ]);
});

test("a stroke can hold again as a whole, unless a newer decision is about its records", () => {
  const whole = [decision("dec_1", "同一人", now), decision("dec_2", "同一人", now, "rec_3")];
  const lapsed = (...newer: ReturnType<typeof decision>[]) =>
    strokesOf([...newer, ...whole]).find(({ first }) => first.id === "dec_1")?.lapsed;
  expect(lapsed()).toEqual(["dec_1", "dec_2"]);
  expect(lapsed(decision("dec_4", "两个人", null, "rec_3"))).toEqual([]);
  expect(lapsed(decision("dec_4", "两个人", now, "rec_3"))).toEqual(["dec_1", "dec_2"]);
});
