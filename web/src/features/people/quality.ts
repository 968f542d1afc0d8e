import type { Quality } from "./reviewApi";
import { classes, comparisons } from "./textsOfWeights";

/** The share of records that are another one of somebody; none where there are no records. */
export const duplicateRate = ({ records, persons }: { records: number; persons: number }) =>
  records > 0 ? (records - persons) / records : null;

const MOST_BARS = 10;

type Bar = { from: number; tail: boolean; persons: number };

/** A bar for each number of records; whoever has more than the last stands in one bar at the end. */
export function sizeBars(sizes: Quality["sizes"]): Bar[] {
  const largest = Math.max(0, ...sizes.map(({ records }) => records));
  const tail = largest > MOST_BARS;
  return Array.from({ length: Math.min(largest, MOST_BARS) }, (_, at) => {
    const from = at + 1;
    const last = tail && from === MOST_BARS;
    const fits = ({ records }: { records: number }) => records === from || (last && records > from);
    return { from, tail: last, persons: sizes.filter(fits).reduce((sum, { persons }) => sum + persons, 0) };
  });
}

type ByClass = Partial<Record<string, number>>;
/** The weights as the server keeps them: pairs by class, and for each level how likely each class shows it. */
type Parameters = {
  pairs?: ByClass;
  comparisons?: Partial<Record<string, Partial<Record<string, ByClass>>>>;
};

export type WeightRow = {
  key: string;
  comparison: string;
  level: string;
  /** How many levels its comparison has, on the first of them; zero on the others. */
  span: number;
  /** In the order of the classes. */
  shares: (number | undefined)[];
  /** For one person against strangers, in bits. */
  bits: number | undefined;
};

/** The weights line by line, in the order of the comparisons and their levels; what the server does not tell is left out. */
export function weightRows(parameters: unknown): WeightRow[] {
  const told = (parameters as Parameters).comparisons ?? {};
  return comparisons.flatMap(({ comparison, levels }) => {
    const known = levels.filter((level) => told[comparison]?.[level]);
    return known.map((level, at) => {
      const shares = told[comparison]?.[level] ?? {};
      const { same, stranger } = shares;
      return {
        key: `${comparison}.${level}`,
        comparison,
        level,
        span: at === 0 ? known.length : 0,
        shares: classes.map((one) => shares[one]),
        bits: same && stranger ? Math.log2(same / stranger) : undefined,
      };
    });
  });
}

/** How many pairs of each class there are, in the order of the classes. */
export const pairCounts = (parameters: unknown) =>
  classes.map((one) => (parameters as Parameters).pairs?.[one]);
