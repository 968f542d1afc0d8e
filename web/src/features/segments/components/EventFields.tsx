import { Select } from "antd";
import { useTranslation } from "react-i18next";
import { useFormat } from "@/lib/useFormat";
import type { Vocabulary } from "../api";
import { hasWindow } from "../measure";
import type { Condition } from "../rule";
import { MeasureFields } from "./MeasureFields";
import { useFields } from "./useFields";
import { WhereFields } from "./WhereFields";
import { WindowFields } from "./WindowFields";

export type EventCondition = Extract<Condition, { kind: "event" }>;
type EventFieldsProps = {
  condition: EventCondition;
  vocabulary: Vocabulary;
  onChange: (condition: Condition) => void;
};

export function EventFields({ condition, vocabulary, onChange }: EventFieldsProps) {
  const { t } = useTranslation("segments");
  const { pick } = useFormat();
  const { measure } = condition;
  const fields = useFields(vocabulary)(condition.event);
  return (
    <>
      <Select
        aria-label={t("builder.event")}
        showSearch
        optionFilterProp="label"
        style={{ minWidth: 150, maxWidth: "100%" }}
        placeholder={t("builder.choose_event")}
        value={condition.event || undefined}
        options={vocabulary.events.map((one) => ({ value: one.id, label: pick(one.name_zh, one.name_en) }))}
        onChange={(event) => onChange({ ...condition, event, where: [] })}
      />
      <WhereFields
        where={condition.where}
        fields={fields}
        onChange={(where) => onChange({ ...condition, where })}
      />
      {hasWindow(measure) && (
        <WindowFields window={condition.window} onChange={(window) => onChange({ ...condition, window })} />
      )}
      <MeasureFields
        measure={measure}
        fields={fields}
        vocabulary={vocabulary}
        onChange={(next) =>
          onChange({ ...condition, measure: next, ...(!hasWindow(next) && { window: { kind: "ever" } }) })
        }
      />
    </>
  );
}
