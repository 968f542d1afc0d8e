import { useUrlState } from "@/lib/navigation";
import { useFormat } from "@/lib/useFormat";
import { presetRange } from "@/ui/DateRange";
import type { Window } from "../api";

/** The period and clinic of the address; the last 30 days of all clinics when it names none. */
export function useWindow(): { window: Window; today: string; set: (patch: Partial<Window>) => void } {
  const today = useFormat().today();
  const initial = presetRange("30d", today);
  const [window, set] = useUrlState({ ...initial, clinic: "" });
  return { window, today, set };
}
