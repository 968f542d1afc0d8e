import { useTranslation } from "react-i18next";
import { useFormat } from "@/lib/useFormat";
import { Chip, type Tone } from "@/ui/Chip";
import type { Plan } from "../api";

export const STATES = ["waiting", "held", "sent", "skipped", "unknown", "failed"] as const;
export const TONES: Record<string, Tone> = { sent: "good", unknown: "warn", failed: "bad", held: "warn" };

/** How many touches stand where; states nobody is in are left out. */
export function Counts({ counts }: { counts: Plan["counts"] }) {
  const { t } = useTranslation("outreach");
  const { number } = useFormat();
  const shown = STATES.filter((state) => counts[state] > 0);
  if (shown.length === 0) return <span className="faint">{t("intents_empty")}</span>;
  return (
    <span className="row" style={{ gap: 4 }}>
      {shown.map((state) => (
        <Chip key={state} tone={TONES[state] ?? "plain"}>
          {t(`intent_states.${state}`)} <span className="num">{number(counts[state])}</span>
        </Chip>
      ))}
    </span>
  );
}
