import { useTranslation } from "react-i18next";
import { Chip, type Tone } from "@/ui/Chip";

const TONES: Record<string, Tone> = {
  done: "good",
  running: "accent",
  waiting: "plain",
  cancelled: "warn",
  failed: "bad",
};

export function ImportState({ state }: { state: string }) {
  const { t } = useTranslation("intake");
  return <Chip tone={TONES[state] ?? "plain"}>{t(`imports.states.${state}`, { defaultValue: state })}</Chip>;
}
