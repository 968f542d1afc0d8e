// @vitest-environment node
import { expect, test } from "vitest";
import { strokesOf } from "./decisions";

const decision = (id: string, reason: string, withdrawn_at: string | null = null) => ({
  id,
  kind: "must",
  record_a: "rec_1",
  record_b: "rec_2",
  actor: "stf_1",
  reason,
  created_at: "2026-03-08T09:30:00Z",
  withdrawn_at,
});

test("pairs that were decided in one stroke are one line, which holds as long as one of them does", () => {
  const now = "2026-03-09T00:00:00Z";
  const strokes = strokesOf([
    decision("dec_1", "同一人"),
    decision("dec_2", "同一人", now),
    decision("dec_3", "看错了", now),
  ]);
  expect(strokes.map(({ first, held }) => [first.id, held])).toEqual([
    ["dec_1", ["dec_1"]],
    ["dec_3", []],
  ]);
});
