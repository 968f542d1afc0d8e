import type { Schemas } from "@/lib/api";

type Move = Schemas["IdMoveView"];

/** Who or what made an id move. */
export type Maker =
  | { by: "rule"; reason: Move["reason"] }
  | { by: "staff" | "source"; staff: string | undefined };

/** The ids that lead to the person of these records: each record can have been the first of a person. */
export function idsOf(records: { id: string }[]): ReadonlySet<string> {
  return new Set(records.map(({ id }) => id.replace(/^rec_/, "per_")));
}

/** What a member of staff decided is told by their name, what the rules found by what they found. */
export function makerOf(move: Pick<Move, "by" | "reason" | "staff_id">): Maker {
  if (move.by === "rule") return { by: "rule", reason: move.reason };
  return { by: move.by === "source" ? "source" : "staff", staff: move.staff_id ?? undefined };
}
