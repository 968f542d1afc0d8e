/** Conditions on the fields of events, and what reading a rule needs everywhere. */
export type Json = Record<string, unknown>;
export type WhereOp = "in" | "is" | "gte" | "lte";
export type Where = { field: string; op: WhereOp; value: string };

export const isObject = (value: unknown): value is Json =>
  typeof value === "object" && value !== null && !Array.isArray(value);
export const texts = (value: unknown): string[] => (Array.isArray(value) ? value : [value]).map(String);

/** The rule says something the builder has no control for. */
export class Unreadable extends Error {}

export function parseWhere(where: unknown): Where[] {
  if (where === undefined) return [];
  if (!isObject(where)) throw new Unreadable();
  return Object.entries(where).map(([field, test]) => {
    if (!isObject(test)) throw new Unreadable();
    const [op, ...more] = Object.keys(test);
    if (more.length > 0) throw new Unreadable();
    if (op === "in") return { field, op, value: texts(test[op]).join(",") };
    if (op === "is" || op === "gte" || op === "lte") return { field, op, value: String(test[op]) };
    throw new Unreadable();
  });
}

function renderLimit(op: WhereOp, value: string): unknown {
  if (op === "is") return value === "true" ? true : value === "false" ? false : value;
  if (op !== "in") return value;
  return value
    .split(/[,，]/)
    .map((one) => one.trim())
    .filter(Boolean);
}

export function renderWhere(where: Where[]): Json {
  if (where.length === 0) return {};
  const test = ({ op, value }: Where) => ({ [op]: renderLimit(op, value) });
  return { where: Object.fromEntries(where.map((one) => [one.field, test(one)])) };
}

export const whereComplete = (where: Where[]) => where.every(({ field, value }) => field && value);
