import { useTranslation } from "react-i18next";
import { Chip, type Tone } from "@/ui/Chip";
import type { Door } from "../api";

const TONES: Record<Door, Tone> = { not_yet: "accent", open: "good", closed: "warn", over: "plain" };

/** Whether visitors can sign in. */
export function DoorChip({ door }: { door: string }) {
  const { t } = useTranslation("activities");
  return <Chip tone={TONES[door as Door] ?? "plain"}>{t(`door.${door as Door}`)}</Chip>;
}
