import { CloseOutlined } from "@ant-design/icons";
import { Button, Select } from "antd";
import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";
import type { Vocabulary } from "../api";
import type { Condition } from "../rule";
import { AttrFields } from "./AttrFields";
import { EventFields } from "./EventFields";
import { TagFields } from "./TagFields";
import { useNames } from "./useNames";

type ConditionLineProps = {
  condition: Condition;
  vocabulary: Vocabulary;
  onChange: (condition: Condition) => void;
  onRemove: () => void;
};

/** One condition of a rule, with its controls in the order it is read. */
export function ConditionLine({ condition, vocabulary, onChange, onRemove }: ConditionLineProps) {
  const { t } = useTranslation("segments");
  return (
    <div className="rule-line">
      {fields(condition, vocabulary, onChange)}
      <Button
        type="text"
        size="small"
        icon={<CloseOutlined aria-hidden />}
        aria-label={t("builder.remove")}
        style={{ marginInlineStart: "auto" }}
        onClick={onRemove}
      />
    </div>
  );
}

function fields(
  condition: Condition,
  vocabulary: Vocabulary,
  onChange: (condition: Condition) => void,
): ReactNode {
  switch (condition.kind) {
    case "tag":
      return <TagFields condition={condition} vocabulary={vocabulary} onChange={onChange} />;
    case "attr":
      return <AttrFields condition={condition} vocabulary={vocabulary} onChange={onChange} />;
    case "event":
      return <EventFields condition={condition} vocabulary={vocabulary} onChange={onChange} />;
    case "segment":
      return <SegmentField condition={condition} vocabulary={vocabulary} onChange={onChange} />;
  }
}

type SegmentCondition = Extract<Condition, { kind: "segment" }>;
type SegmentFieldProps = {
  condition: SegmentCondition;
  vocabulary: Vocabulary;
  onChange: (condition: Condition) => void;
};

function SegmentField({ condition, vocabulary, onChange }: SegmentFieldProps) {
  const { t } = useTranslation("segments");
  const names = useNames(vocabulary);
  return (
    <>
      <span className="soft">{t("builder.in_segment")}</span>
      <Select
        aria-label={t("builder.segment")}
        showSearch
        optionFilterProp="label"
        style={{ minWidth: 200, maxWidth: "100%" }}
        placeholder={t("builder.choose_segment")}
        value={condition.segment || undefined}
        options={vocabulary.segments.map(({ value }) => ({ value, label: names.segment(value) }))}
        onChange={(segment) => onChange({ ...condition, segment })}
      />
    </>
  );
}
