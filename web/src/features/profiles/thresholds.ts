import type { Threshold } from "./api";

type Range = Pick<Threshold, "name" | "least" | "most">;

/** How many of the stored unit one shown unit is: amounts are kept in minor units and shown in the major one. */
export const scaleOf = ({ name }: Pick<Threshold, "name">) => (name.endsWith("_minor") ? 100 : 1);

/** The number to store for what somebody typed; nothing when it is empty or out of range. */
export function toStored(typed: number | null, threshold: Range): number | undefined {
  if (typed === null) return undefined;
  const stored = Math.round(typed * scaleOf(threshold));
  return stored >= threshold.least && stored <= threshold.most ? stored : undefined;
}

/** Whether the chain has put its own number in the place of the library's. */
export const isOverridden = ({ changes }: Pick<Threshold, "changes">) => changes[0]?.value != null;
