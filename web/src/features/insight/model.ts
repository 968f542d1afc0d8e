import { addDays } from "@/lib/format";
import type { MetricRow, Window } from "./api";

const DAY_MS = 86_400_000;
const TIME_DIMENSIONS = new Set(["date", "week", "month"]);

export const isTime = (dimension: string | undefined) =>
  dimension !== undefined && TIME_DIMENSIONS.has(dimension);

export function dayCount({ from, to }: Pick<Window, "from" | "to">): number {
  return Math.round((Date.parse(to) - Date.parse(from)) / DAY_MS);
}

/** The keys of a time dimension from the first day to before the last: days, Mondays or months. */
export function timeAxis(dimension: string, { from, to }: Pick<Window, "from" | "to">): string[] {
  const keys: string[] = [];
  for (let day = from; day < to; day = addDays(day, 1)) {
    const key = dimension === "month" ? day.slice(0, 7) : dimension === "week" ? mondayOf(day) : day;
    if (keys.at(-1) !== key) keys.push(key);
  }
  return keys;
}

/** Without today while nothing of it has arrived: a line that falls to zero every morning tells nothing. */
export function withoutEmptyToday(axis: string[], today: string, told: Set<string>): string[] {
  return axis.at(-1) === today && axis.length > 1 && !told.has(today) ? axis.slice(0, -1) : axis;
}

function mondayOf(day: string): string {
  const sinceMonday = (new Date(`${day}T00:00:00Z`).getUTCDay() + 6) % 7;
  return addDays(day, -sinceMonday);
}

/** Sums over nothing are zero; a ratio over nothing is empty. */
export const isSum = (unit: string) => unit === "money" || unit === "count" || unit === "people";

/** Relative change; none when there is nothing to compare with (a ratio over nothing is empty, never 0). */
export function growth(value?: string | null, previous?: string | null): number | undefined {
  if (value == null || previous == null || value === "" || previous === "") return undefined;
  const before = Number(previous);
  if (before === 0) return undefined;
  return (Number(value) - before) / Math.abs(before);
}

type Series = { name: string; values: (number | null)[]; mature: boolean[] };

/** Rows of one or two dimensions as the axis and the series of a chart. What no row tells of is `missing`. */
export function pivot(
  rows: MetricRow[],
  axis: string[] = [...new Set(rows.map(({ keys }) => keys[0] ?? ""))],
  missing: number | null = null,
): { axis: string[]; series: Series[] } {
  const names = [...new Set(rows.map(({ keys }) => keys[1] ?? ""))];
  const cells = new Map(rows.map((row) => [`${row.keys[0] ?? ""}\u0000${row.keys[1] ?? ""}`, row]));
  const numberOf = (row: MetricRow | undefined) => {
    if (!row) return missing;
    return row.value == null || row.value === "" ? null : Number(row.value);
  };
  const series = names.map((name) => {
    const column = axis.map((key) => cells.get(`${key}\u0000${name}`));
    return { name, values: column.map(numberOf), mature: column.map((row) => row?.mature ?? true) };
  });
  return { axis, series };
}

/** Rows over names stand largest first; rows over time in their order. */
export function ranked(rows: MetricRow[], dimensions: string[]): MetricRow[] {
  if (dimensions.length !== 1 || isTime(dimensions[0])) return rows;
  return [...rows].sort((a, b) => Number(b.value ?? -1) - Number(a.value ?? -1));
}

const quoted = (text: string) => (/[",\n\r]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text);
/** A cell that a spreadsheet would run as a formula is kept text by a leading apostrophe. */
const safe = (text: string) => (/^[=@\t\r]|^[+-](?!\d)/.test(text) ? `'${text}` : text);

/** The table as CSV: the asked dimensions, then value, numerator, denominator, mature. */
export function csvOf(dimensions: string[], rows: MetricRow[]): string {
  const head = [...dimensions, "value", "numerator", "denominator", "mature"];
  const lines = rows.map((row) => [
    ...row.keys.map((key) => safe(key ?? "")),
    row.value ?? "",
    row.numerator ?? "",
    row.denominator ?? "",
    String(row.mature),
  ]);
  return [head, ...lines].map((line) => line.map((cell) => quoted(String(cell))).join(",")).join("\r\n");
}
