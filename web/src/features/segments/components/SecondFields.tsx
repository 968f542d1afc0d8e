import { Select } from "antd";
import { useTranslation } from "react-i18next";
import { useFormat } from "@/lib/useFormat";
import type { Vocabulary } from "../api";
import type { Measure } from "../measure";
import { SpanInput } from "./SpanInput";
import { useFields } from "./useFields";
import { WhereFields } from "./WhereFields";

type SecondFieldsProps = {
  measure: Extract<Measure, { kind: "followed_by" | "not_followed_by" }>;
  vocabulary: Vocabulary;
  onChange: (measure: Measure) => void;
};

/** The event that follows, or must not, and how long after. */
export function SecondFields({ measure, vocabulary, onChange }: SecondFieldsProps) {
  const { t } = useTranslation("segments");
  const { pick } = useFormat();
  const timed = measure.span !== "";
  return (
    <>
      <Select
        aria-label={t("builder.within_or_ever")}
        style={{ width: 120 }}
        value={timed ? "within" : "ever"}
        options={(["within", "ever"] as const).map((value) => ({
          value,
          label: t(`builder.after_${value}`),
        }))}
        onChange={(kind) => onChange({ ...measure, span: kind === "within" ? "30d" : "" })}
      />
      {timed && <SpanInput span={measure.span} onChange={(span) => onChange({ ...measure, span })} />}
      <Select
        aria-label={t("builder.second_event")}
        showSearch
        optionFilterProp="label"
        style={{ minWidth: 150, maxWidth: "100%" }}
        placeholder={t("builder.choose_event")}
        value={measure.event || undefined}
        options={vocabulary.events.map((one) => ({ value: one.id, label: pick(one.name_zh, one.name_en) }))}
        onChange={(event) => onChange({ ...measure, event, where: [] })}
      />
      <WhereFields
        where={measure.where}
        fields={useFields(vocabulary)(measure.event)}
        onChange={(where) => onChange({ ...measure, where })}
      />
    </>
  );
}
