/** Segments made of segments: the rules behind union, intersection, difference, and one exact combination. */
export type Operation = "union" | "intersection" | "difference";

type Rule = Record<string, unknown>;
const named = (segment: string): Rule => ({ segment });

/** For a difference the first is what the others are taken from. */
export function combined(operation: Operation, segments: string[]): Rule {
  const [first = "", ...rest] = segments;
  switch (operation) {
    case "union":
      return { any: segments.map(named) };
    case "intersection":
      return { all: segments.map(named) };
    case "difference":
      return { all: [named(first), { not: { any: rest.map(named) } }] };
  }
}

/** Whoever is in all of these and in none of those. */
export function exactly(inside: string[], outside: string[]): Rule {
  const without = outside.length > 0 ? [{ not: { any: outside.map(named) } }] : [];
  return { all: [...inside.map(named), ...without] };
}
