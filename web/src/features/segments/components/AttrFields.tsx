import { Input, Select } from "antd";
import { useTranslation } from "react-i18next";
import { useFormat } from "@/lib/useFormat";
import type { Vocabulary } from "../api";
import type { Condition, Op } from "../rule";
import { useValueLabel } from "./useValueLabel";

type AttrCondition = Extract<Condition, { kind: "attr" }>;
type AttrFieldsProps = {
  condition: AttrCondition;
  vocabulary: Vocabulary;
  onChange: (condition: Condition) => void;
};

const ORDERED = new Set(["integer", "decimal", "money", "date", "timestamp"]);

/** What this builder can ask of an attribute, out of what the server says makes sense. */
function opsOf(attr: Vocabulary["attrs"][number] | undefined): Op[] {
  const wanted: Op[] =
    attr && ORDERED.has(attr.type) ? ["between", "gte", "lte", "is", "exists"] : ["is", "in", "exists"];
  return wanted.filter((op) => !attr || attr.operators.includes(op));
}

export function AttrFields({ condition, vocabulary, onChange }: AttrFieldsProps) {
  const { t } = useTranslation("segments");
  const { pick } = useFormat();
  const attr = vocabulary.attrs.find(({ key }) => key === condition.attr);
  const known = opsOf(attr);
  const ops = known.includes(condition.op) ? known : [condition.op, ...known];
  const choose = (id: string) => {
    const next = vocabulary.attrs.find((one) => one.key === id);
    onChange({ ...condition, attr: id, op: opsOf(next)[0] ?? "is", values: [] });
  };
  const setValue = (at: number, value: string) => {
    const values = condition.op === "between" ? [condition.values[0] ?? "", condition.values[1] ?? ""] : [""];
    values[at] = value;
    onChange({ ...condition, values });
  };
  return (
    <>
      <Select
        aria-label={t("builder.attr")}
        showSearch
        optionFilterProp="label"
        style={{ minWidth: 140, maxWidth: "100%" }}
        placeholder={t("builder.choose_attr")}
        value={condition.attr || undefined}
        options={vocabulary.attrs.map((one) => ({ value: one.key, label: pick(one.name_zh, one.name_en) }))}
        onChange={choose}
      />
      <Select
        aria-label={t("builder.op")}
        style={{ width: 104 }}
        value={condition.op}
        options={ops.map((value) => ({ value, label: t(`builder.ops.${value}`) }))}
        onChange={(op) => onChange({ ...condition, op, values: op === "exists" ? ["true"] : [] })}
      />
      <ValueField
        condition={condition}
        attr={attr}
        onText={setValue}
        onValues={(values) => onChange({ ...condition, values })}
      />
    </>
  );
}

type ValueFieldProps = {
  condition: AttrCondition;
  attr: Vocabulary["attrs"][number] | undefined;
  onText: (at: number, value: string) => void;
  onValues: (values: string[]) => void;
};

function ValueField({ condition, attr, onText, onValues }: ValueFieldProps) {
  const { t } = useTranslation("segments");
  const { op, values } = condition;
  const label = useValueLabel();
  const choices = [
    { value: "true", label: t("builder.is_true") },
    { value: "false", label: t("builder.is_false") },
  ];
  const listed = (attr?.values ?? []).map((one) => ({
    value: one.value,
    label: label(condition.attr, one.label),
  }));
  const options = attr?.type === "boolean" ? choices : listed;
  const type = attr?.type === "date" || attr?.type === "timestamp" ? "date" : "text";
  const text = (at: number, name: string) => (
    <Input
      aria-label={name}
      type={type}
      style={{ width: type === "date" ? 150 : 110 }}
      value={values[at] ?? ""}
      onChange={({ target }) => onText(at, target.value)}
    />
  );
  if (op === "exists") {
    return (
      <Select
        aria-label={t("builder.value")}
        style={{ width: 90 }}
        value={values[0] ?? "true"}
        options={choices}
        onChange={(value) => onValues([value])}
      />
    );
  }
  if (op === "between") {
    return (
      <>
        {text(0, t("builder.from"))}
        <span className="soft">{t("builder.and")}</span>
        {text(1, t("builder.to"))}
      </>
    );
  }
  if (op === "in") {
    return (
      <Select
        aria-label={t("builder.value")}
        mode="tags"
        style={{ minWidth: 180, flex: "1 1 180px" }}
        value={values}
        options={options}
        onChange={onValues}
      />
    );
  }
  if (op === "is" && options.length > 0) {
    return (
      <Select
        aria-label={t("builder.value")}
        style={{ minWidth: 120 }}
        placeholder={t("builder.value")}
        value={values[0] || undefined}
        options={options}
        onChange={(value) => onValues([value])}
      />
    );
  }
  return text(0, t("builder.value"));
}
