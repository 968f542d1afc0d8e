import { Select } from "antd";
import { useTranslation } from "react-i18next";

type SplitFilterProps = { dimensions: string[]; by: string[]; onChange: (by: string[]) => void };

/** One or two dimensions to split a metric by. */
export function SplitFilter({ dimensions, by, onChange }: SplitFilterProps) {
  const { t } = useTranslation("insight");
  const [first = "", second = ""] = by;
  const options = (skip: string) => [
    { value: "", label: t("metric.no_split") },
    ...dimensions
      .filter((one) => one !== skip)
      .map((value) => ({ value, label: t(`dims.${value}`, { defaultValue: value }) })),
  ];
  return (
    <div className="filters">
      <span className="soft">{t("metric.by")}</span>
      <Select
        aria-label={t("metric.by_first")}
        value={first}
        style={{ width: 132 }}
        options={options("")}
        onChange={(value) => onChange([value, second === value ? "" : second].filter(Boolean))}
      />
      {first && (
        <Select
          aria-label={t("metric.by_second")}
          value={second}
          style={{ width: 132 }}
          options={options(first)}
          onChange={(value) => onChange([first, value].filter(Boolean))}
        />
      )}
    </div>
  );
}
