import { Input, Select } from "antd";
import { useTranslation } from "react-i18next";
import { useFormat } from "@/lib/useFormat";
import type { Vocabulary } from "../api";
import { isRank } from "../measure";
import type { Condition, Op } from "../rule";

type TagCondition = Extract<Condition, { kind: "tag" }>;
type TagFieldsProps = {
  condition: TagCondition;
  vocabulary: Vocabulary;
  onChange: (condition: Condition) => void;
};

type Known = Vocabulary["tags"][number];

/** What this builder can ask of a tag, out of what the server says makes sense. */
function opsOf(tag: Known | undefined): Op[] {
  const wanted: Op[] =
    tag?.form === "flag"
      ? ["is"]
      : tag?.form === "number"
        ? ["gte", "lte", "top", "bottom", "in", "exists"]
        : ["in", "exists"];
  const asked = (op: Op) => (op === "top" ? "gte" : op === "bottom" ? "lte" : op);
  return wanted.filter((op) => !tag || tag.operators.includes(asked(op)));
}

export function TagFields({ condition, vocabulary, onChange }: TagFieldsProps) {
  const { t } = useTranslation("segments");
  const { pick } = useFormat();
  const tag = vocabulary.tags.find(({ id }) => id === condition.tag);
  const known = opsOf(tag);
  const ops = known.includes(condition.op) ? known : [condition.op, ...known];
  const options = (tag?.values ?? []).map((one) => ({
    value: one.value,
    label: pick(one.label_zh, one.label_en) || one.value,
  }));
  const choose = (id: string) => {
    const op = opsOf(vocabulary.tags.find((one) => one.id === id))[0] ?? "in";
    onChange({ ...condition, tag: id, op, values: op === "is" ? ["true"] : [] });
  };
  return (
    <>
      <Select
        aria-label={t("builder.tag")}
        showSearch
        optionFilterProp="label"
        style={{ minWidth: 160, maxWidth: "100%" }}
        placeholder={t("builder.choose_tag")}
        value={condition.tag || undefined}
        options={vocabulary.tags.map((one) => ({ value: one.id, label: pick(one.name_zh, one.name_en) }))}
        onChange={choose}
      />
      <Select
        aria-label={t("builder.op")}
        style={{ width: 132 }}
        value={condition.op}
        options={ops.map((value) => ({ value, label: t(`builder.ops.${value}`) }))}
        onChange={(op) =>
          onChange({
            ...condition,
            op,
            values: op === "exists" || op === "is" ? ["true"] : isRank(op) ? ["20"] : [],
          })
        }
      />
      {condition.op === "in" && (
        <Select
          aria-label={t("builder.value")}
          mode="tags"
          style={{ minWidth: 200, maxWidth: "100%", flex: "1 1 200px" }}
          placeholder={t("builder.value")}
          value={condition.values}
          options={options}
          onChange={(values) => onChange({ ...condition, values })}
        />
      )}
      {(condition.op === "is" || condition.op === "exists") && (
        <Select
          aria-label={t("builder.value")}
          style={{ width: 100 }}
          value={condition.values[0] ?? "true"}
          options={[
            { value: "true", label: t("builder.is_true") },
            { value: "false", label: t("builder.is_false") },
          ]}
          onChange={(value) => onChange({ ...condition, values: [value] })}
        />
      )}
      {(condition.op === "gte" || condition.op === "lte" || isRank(condition.op)) && (
        <Input
          aria-label={t("builder.value")}
          style={{ width: 100 }}
          inputMode="decimal"
          suffix={isRank(condition.op) ? "%" : undefined}
          value={condition.values[0] ?? ""}
          onChange={({ target }) => onChange({ ...condition, values: [target.value] })}
        />
      )}
    </>
  );
}
