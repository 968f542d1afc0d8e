import { Input, Select } from "antd";
import { useTranslation } from "react-i18next";
import { addDays } from "@/lib/format";

type Range = { from: string; to: string };
type Preset = "7d" | "30d" | "90d" | "month" | "last_month" | "year";
const PRESETS: Preset[] = ["7d", "30d", "90d", "month", "last_month", "year"];

/** A named stretch of days, half open as everywhere: `to` is the first day after it. */
export function presetRange(preset: Preset, today: string): Range {
  const tomorrow = addDays(today, 1);
  const monthStart = `${today.slice(0, 7)}-01`;
  switch (preset) {
    case "7d":
      return { from: addDays(tomorrow, -7), to: tomorrow };
    case "30d":
      return { from: addDays(tomorrow, -30), to: tomorrow };
    case "90d":
      return { from: addDays(tomorrow, -90), to: tomorrow };
    case "month":
      return { from: monthStart, to: tomorrow };
    case "last_month":
      return { from: `${addDays(monthStart, -1).slice(0, 7)}-01`, to: monthStart };
    case "year":
      return { from: `${today.slice(0, 4)}-01-01`, to: tomorrow };
  }
}

type DateRangeProps = { value: Range; today: string; onChange: (range: Range) => void };

/** Two days and a list of common ranges. The last day shown is inside the range. */
export function DateRange({ value, today, onChange }: DateRangeProps) {
  const { t } = useTranslation();
  const named = PRESETS.find((preset) => {
    const range = presetRange(preset, today);
    return range.from === value.from && range.to === value.to;
  });
  const last = addDays(value.to, -1);
  return (
    <div className="date-range">
      <Select
        aria-label={t("range.label")}
        value={named ?? "custom"}
        style={{ width: 132 }}
        options={[
          ...PRESETS.map((preset) => ({ value: preset as string, label: t(`range.${preset}`) })),
          ...(named ? [] : [{ value: "custom", label: t("range.custom") }]),
        ]}
        onChange={(preset) => preset !== "custom" && onChange(presetRange(preset as Preset, today))}
      />
      <Input
        type="date"
        aria-label={t("range.from")}
        className="day"
        value={value.from}
        max={last}
        onChange={({ target }) => target.value && onChange({ from: target.value, to: value.to })}
      />
      <span aria-hidden className="dash faint">
        –
      </span>
      <Input
        type="date"
        aria-label={t("range.to")}
        className="day"
        value={last}
        min={value.from}
        onChange={({ target }) =>
          target.value && onChange({ from: value.from, to: addDays(target.value, 1) })
        }
      />
    </div>
  );
}
