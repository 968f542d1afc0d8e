import { Input, Select } from "antd";
import { useTranslation } from "react-i18next";
import { useFormat } from "@/lib/useFormat";
import type { Vocabulary } from "../api";
import { GAPS, isRank, type Measure } from "../measure";
import { SecondFields } from "./SecondFields";
import { SpanInput } from "./SpanInput";
import type { Field } from "./WhereFields";

type MeasureFieldsProps = {
  measure: Measure;
  fields: Field[];
  vocabulary: Vocabulary;
  onChange: (measure: Measure) => void;
};

const NAMES = [
  "count",
  "sum",
  "distinct",
  "gaps",
  "last_before",
  "last_after",
  "first_before",
  "first_after",
  "followed_by",
  "not_followed_by",
] as const;
type Name = (typeof NAMES)[number];

const nameOf = (measure: Measure): Name =>
  measure.kind === "last" || measure.kind === "first" ? `${measure.kind}_${measure.side}` : measure.kind;

function fresh(name: Name, fields: Field[]): Measure {
  const field = (wanted: string) => fields.find(({ value }) => value === wanted)?.value ?? "";
  switch (name) {
    case "count":
      return { kind: name, op: "gte", value: "1" };
    case "sum":
      return { kind: name, field: field("amount"), op: "gte", value: "" };
    case "distinct":
      return { kind: name, field: field("line"), op: "gte", value: "2" };
    case "gaps":
      return { kind: name, which: "longest", op: "gte", span: "180d" };
    case "followed_by":
    case "not_followed_by":
      return { kind: name, event: "", span: "30d", where: [] };
    default: {
      const [kind, side] = name.split("_") as ["last" | "first", "before" | "after"];
      return { kind, side, span: "180d" };
    }
  }
}

/** What must be true of the events taken together. */
export function MeasureFields({ measure, fields, vocabulary, onChange }: MeasureFieldsProps) {
  const { t } = useTranslation("segments");
  return (
    <>
      <Select
        aria-label={t("builder.measure")}
        style={{ width: 156 }}
        value={nameOf(measure)}
        options={NAMES.map((value) => ({ value, label: t(`builder.measures.${value}`) }))}
        onChange={(name) => onChange(fresh(name, fields))}
      />
      <Parts measure={measure} fields={fields} vocabulary={vocabulary} onChange={onChange} />
    </>
  );
}

function Parts({ measure, fields, vocabulary, onChange }: MeasureFieldsProps) {
  const { t } = useTranslation("segments");
  switch (measure.kind) {
    case "count":
      return <NumberFields measure={measure} onChange={onChange} />;
    case "sum":
    case "distinct":
      return <FieldNumber measure={measure} fields={fields} vocabulary={vocabulary} onChange={onChange} />;
    case "gaps":
      return <GapFields measure={measure} onChange={onChange} />;
    case "followed_by":
    case "not_followed_by":
      return <SecondFields measure={measure} vocabulary={vocabulary} onChange={onChange} />;
    default:
      return (
        <>
          <SpanInput span={measure.span} onChange={(span) => onChange({ ...measure, span })} />
          <span className="soft">{t("builder.ago")}</span>
        </>
      );
  }
}

type Numeric = Extract<Measure, { kind: "count" | "sum" | "distinct" }>;
type NumberFieldsProps = { measure: Numeric; onChange: (measure: Measure) => void };

function NumberFields({ measure, onChange }: NumberFieldsProps) {
  const { t } = useTranslation("segments");
  const choose = (op: Numeric["op"]) =>
    onChange({ ...measure, op, ...(isRank(op) !== isRank(measure.op) && { value: isRank(op) ? "20" : "" }) });
  return (
    <>
      <Select
        aria-label={t("builder.op")}
        style={{ width: 132 }}
        value={measure.op}
        options={(["gte", "lte", "top", "bottom"] as const).map((value) => ({
          value,
          label: t(`builder.ops.${value}`),
        }))}
        onChange={choose}
      />
      <Input
        aria-label={t("builder.value")}
        style={{ width: 90 }}
        inputMode="decimal"
        suffix={isRank(measure.op) ? "%" : undefined}
        value={measure.value}
        onChange={({ target }) => onChange({ ...measure, value: target.value })}
      />
    </>
  );
}

type FieldNumberProps = Omit<MeasureFieldsProps, "measure"> & {
  measure: Extract<Numeric, { kind: "sum" | "distinct" }>;
};

function FieldNumber({ measure, fields, vocabulary, onChange }: FieldNumberProps) {
  const { t } = useTranslation("segments");
  const { pick } = useFormat();
  // Every event has a clinic and a source; the catalogue lists them for none.
  const places = vocabulary.attrs
    .filter(({ key }) => key === "clinic" || key === "source")
    .map((one) => ({ value: one.key, label: pick(one.name_zh, one.name_en) }));
  return (
    <>
      <Select
        aria-label={t("builder.field")}
        style={{ width: 110 }}
        placeholder={t("builder.field")}
        value={measure.field || undefined}
        options={measure.kind === "sum" ? fields : [...fields, ...places]}
        onChange={(field) => onChange({ ...measure, field })}
      />
      <NumberFields measure={measure} onChange={onChange} />
    </>
  );
}

type GapFieldsProps = {
  measure: Extract<Measure, { kind: "gaps" }>;
  onChange: (measure: Measure) => void;
};

function GapFields({ measure, onChange }: GapFieldsProps) {
  const { t } = useTranslation("segments");
  return (
    <>
      <Select
        aria-label={t("builder.gap")}
        style={{ width: 140 }}
        value={measure.which}
        options={GAPS.map((value) => ({ value, label: t(`builder.gaps.${value}`) }))}
        onChange={(which) => onChange({ ...measure, which })}
      />
      <Select
        aria-label={t("builder.op")}
        style={{ width: 100 }}
        value={measure.op}
        options={(["gte", "lte"] as const).map((value) => ({ value, label: t(`builder.gap_ops.${value}`) }))}
        onChange={(op) => onChange({ ...measure, op })}
      />
      <SpanInput span={measure.span} onChange={(span) => onChange({ ...measure, span })} />
    </>
  );
}
