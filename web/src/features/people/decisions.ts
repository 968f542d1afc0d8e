import type { Schemas } from "@/lib/api";

type Decision = Schemas["DecisionView"];

/** Decisions about several pairs of records that were made in one stroke; the reader sees one. */
export type Stroke = { first: Decision /** Ids of those that still hold. */; held: string[] };

export function strokesOf(decisions: Decision[]): Stroke[] {
  const strokes = new Map<string, Stroke>();
  for (const one of decisions) {
    const key = [one.kind, one.created_at, one.reason].join("\u0000");
    const stroke = strokes.get(key) ?? { first: one, held: [] };
    if (!one.withdrawn_at) stroke.held.push(one.id);
    strokes.set(key, stroke);
  }
  return [...strokes.values()];
}
