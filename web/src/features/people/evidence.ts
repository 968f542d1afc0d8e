import type { Finding, Pair } from "./reviewApi";

/** How two values stand to each other, as the program sees them. */
export type Mark = "agree" | "near" | "differ";

const AGREE = new Set(["union", "contact", "own", "both"]);
const DIFFER = new Set(["unlike", "peer", "generation", "ward", "mixed", "unfit"]);

function markOfLevel(level: string): Mark {
  if (level.startsWith("equal") || AGREE.has(level)) return "agree";
  return DIFFER.has(level) ? "differ" : "near";
}

/** Which comparisons speak about a field that is shown. Values are masked, so only those know whether they are equal. */
const COMPARISONS = {
  name: ["surname", "given_name", "alias"],
  phone: ["phone"],
  gender: ["gender"],
  birth_date: ["birth_date"],
  id_card: ["id_card"],
  guardian: ["guardian"],
  area: ["area", "street"],
  wechat: ["wechat"],
} as const;
export type ComparedField = keyof typeof COMPARISONS;

/** The mark between two values; none where they were not compared. */
export function markOf(field: ComparedField, findings: Pick<Finding, "comparison" | "level">[]) {
  const asked: readonly string[] = COMPARISONS[field];
  const marks = findings
    .filter(({ comparison }) => asked.includes(comparison))
    .map(({ level }) => markOfLevel(level));
  if (marks.length === 0) return undefined;
  if (marks.includes("differ")) return "differ";
  return marks.every((mark) => mark === "agree") ? "agree" : "near";
}

/** The text that puts a probability in words. */
export function oddsOf(probability: number) {
  if (probability >= 0.99) return "certain";
  if (probability >= 0.85) return "likely";
  if (probability >= 0.6) return "rather";
  if (probability >= 0.4) return "open";
  return probability >= 0.15 ? "unlikely" : "hardly";
}

const weightiest = ({ against_strangers, against_relatives }: Finding) =>
  Math.max(Math.abs(against_strangers), Math.abs(against_relatives));

/** What speaks loudest comes first. */
export const byWeight = (findings: Finding[]) => [...findings].sort((a, b) => weightiest(b) - weightiest(a));

/** Bits of a full bar: a pair of weak findings does not look like a pair of strong ones. */
export const fullBar = (findings: Finding[]) => Math.max(10, ...findings.map(weightiest));

export const keyOf = ({ a, b }: Pair) => `${a.id} ${b.id}`;
