import { Input, Select } from "antd";
import { useTranslation } from "react-i18next";
import type { Window } from "../rule";
import { SpanInput } from "./SpanInput";

/** The stretch of time whose events are looked at. */
export function WindowFields({ window, onChange }: { window: Window; onChange: (window: Window) => void }) {
  const { t } = useTranslation("segments");
  const choose = (kind: Window["kind"]) => {
    if (kind === "within") onChange({ kind, span: "180d" });
    else if (kind === "range") onChange({ kind, from: "", to: "" });
    else onChange({ kind });
  };
  return (
    <>
      <Select
        aria-label={t("builder.window")}
        style={{ width: 120 }}
        value={window.kind}
        options={(["ever", "within", "range"] as const).map((value) => ({
          value,
          label: t(`builder.${value}`),
        }))}
        onChange={choose}
      />
      {window.kind === "within" && (
        <SpanInput span={window.span} onChange={(span) => onChange({ ...window, span })} />
      )}
      {window.kind === "range" && (
        <>
          <Input
            type="date"
            aria-label={t("builder.from")}
            style={{ width: 145 }}
            value={window.from}
            onChange={({ target }) => onChange({ ...window, from: target.value })}
          />
          <Input
            type="date"
            aria-label={t("builder.to")}
            style={{ width: 145 }}
            value={window.to}
            onChange={({ target }) => onChange({ ...window, to: target.value })}
          />
        </>
      )}
    </>
  );
}
