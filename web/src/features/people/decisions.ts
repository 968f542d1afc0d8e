import type { Schemas } from "@/lib/api";

type Decision = Schemas["DecisionView"];

/** Decisions about several pairs of records that were made in one stroke; the reader sees one. */
export type Stroke = {
  first: Decision;
  /** Ids of those that still hold. */
  held: string[];
  /** Ids of those that can hold again: all, if all were taken back and nobody has decided about their records since. */
  lapsed: string[];
};

const pairOf = (one: Decision) => `${one.record_a} ${one.record_b}`;

export function strokesOf(decisions: Decision[]): Stroke[] {
  const settled = new Set(decisions.filter((one) => !one.withdrawn_at).map(pairOf));
  const strokes = new Map<string, Decision[]>();
  for (const one of decisions) {
    const key = [one.kind, one.created_at, one.reason].join("\u0000");
    strokes.set(key, [...(strokes.get(key) ?? []), one]);
  }
  return [...strokes.values()].flatMap((all) => {
    const [first] = all;
    if (!first) return [];
    const held = all.filter((one) => !one.withdrawn_at).map((one) => one.id);
    const lapsed = all.some((one) => settled.has(pairOf(one))) ? [] : all.map((one) => one.id);
    return [{ first, held, lapsed }];
  });
}
