import { Input, Select } from "antd";
import { useTranslation } from "react-i18next";

/** A stretch of time back from now, such as `180d`. */
export function SpanInput({ span, onChange }: { span: string; onChange: (span: string) => void }) {
  const { t } = useTranslation("segments");
  const unit = /[hdw]$/.exec(span)?.[0] ?? "d";
  const count = span.replace(/[hdw]$/, "");
  return (
    <span className="row" style={{ gap: 4 }}>
      <Input
        aria-label={t("builder.amount")}
        style={{ width: 70 }}
        inputMode="numeric"
        value={count}
        onChange={({ target }) => onChange(target.value.replace(/\D/g, "") + unit)}
      />
      <Select
        aria-label={t("builder.unit")}
        style={{ width: 86 }}
        value={unit}
        options={["d", "w", "h"].map((value) => ({ value, label: t(`builder.units.${value}`) }))}
        onChange={(next) => onChange(count + next)}
      />
    </span>
  );
}
