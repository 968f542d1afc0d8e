type Change = { change: string; at: string };
type Day = { day: string; entered: number; exited: number };

/** Entries and exits of each day, oldest first; the list comes newest first. */
export function changesByDay(changes: Change[], dayOf: (instant: string) => string): Day[] {
  const days = new Map<string, Day>();
  for (const { change, at } of [...changes].reverse()) {
    const day = dayOf(at);
    const sums = days.get(day) ?? { day, entered: 0, exited: 0 };
    if (change === "entered") sums.entered += 1;
    else sums.exited += 1;
    days.set(day, sums);
  }
  return [...days.values()];
}
