import { Select } from "antd";
import { useTranslation } from "react-i18next";
import { useClinicOptions } from "@/lib/lookups";
import { DateRange } from "@/ui/DateRange";
import type { Window } from "../api";

type WindowFilterProps = { window: Window; today: string; onChange: (patch: Partial<Window>) => void };

export function WindowFilter({ window, today, onChange }: WindowFilterProps) {
  const { t } = useTranslation();
  const clinics = useClinicOptions();
  return (
    <search className="filters">
      <DateRange value={window} today={today} onChange={onChange} />
      <Select
        aria-label={t("clinic")}
        value={window.clinic}
        style={{ minWidth: 140 }}
        options={[{ value: "", label: t("all_clinics") }, ...clinics]}
        onChange={(clinic) => onChange({ clinic })}
      />
    </search>
  );
}
