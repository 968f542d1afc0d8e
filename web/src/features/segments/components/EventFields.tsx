import { CloseOutlined, PlusOutlined } from "@ant-design/icons";
import { Button, Input, Select } from "antd";
import { useTranslation } from "react-i18next";
import { useFormat } from "@/lib/useFormat";
import type { Vocabulary } from "../api";
import { type Condition, hasWindow, type Measure, type Where, type Window } from "../rule";
import { SpanInput } from "./SpanInput";

export type EventCondition = Extract<Condition, { kind: "event" }>;
type EventFieldsProps = {
  condition: EventCondition;
  vocabulary: Vocabulary;
  onChange: (condition: Condition) => void;
};
type Field = { value: string; label: string };

export function EventFields({ condition, vocabulary, onChange }: EventFieldsProps) {
  const { t } = useTranslation("segments");
  const { pick } = useFormat();
  const kind = vocabulary.events.find((one) => one.id === condition.event);
  const fields = (kind?.fields ?? []).map((field) => ({
    value: field.key,
    label: pick(field.name_zh, field.name_en),
  }));
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
      <MeasureFields
        measure={condition.measure}
        fields={fields}
        onChange={(measure) =>
          onChange({ ...condition, measure, ...(!hasWindow(measure) && { window: { kind: "ever" } }) })
        }
      />
      {hasWindow(condition.measure) && (
        <WindowFields window={condition.window} onChange={(window) => onChange({ ...condition, window })} />
      )}
      <WhereFields
        where={condition.where}
        fields={fields}
        onChange={(where) => onChange({ ...condition, where })}
      />
    </>
  );
}

function MeasureFields({
  measure,
  fields,
  onChange,
}: {
  measure: Measure;
  fields: Field[];
  onChange: (measure: Measure) => void;
}) {
  const { t } = useTranslation("segments");
  const name =
    measure.kind === "last" || measure.kind === "first" ? `${measure.kind}_${measure.side}` : measure.kind;
  const choose = (next: string) => {
    if (next === "count") return onChange({ kind: "count", op: "gte", value: "1" });
    if (next === "sum")
      return onChange({
        kind: "sum",
        field: fields.find(({ value }) => value === "amount")?.value ?? "",
        op: "gte",
        value: "",
      });
    const [kind, side] = next.split("_") as ["last" | "first", "before" | "after"];
    return onChange({ kind, side, span: "180d" });
  };
  const names = ["count", "sum", "last_before", "last_after", "first_before", "first_after"];
  return (
    <>
      <Select
        aria-label={t("builder.measure")}
        style={{ width: 156 }}
        value={name}
        options={names.map((value) => ({ value, label: t(`builder.measures.${value}`) }))}
        onChange={choose}
      />
      {measure.kind === "sum" && (
        <Select
          aria-label={t("builder.field")}
          style={{ width: 110 }}
          placeholder={t("builder.field")}
          value={measure.field || undefined}
          options={fields}
          onChange={(field) => onChange({ ...measure, field })}
        />
      )}
      {measure.kind === "count" || measure.kind === "sum" ? (
        <>
          <Select
            aria-label={t("builder.op")}
            style={{ width: 100 }}
            value={measure.op}
            options={(["gte", "lte"] as const).map((value) => ({ value, label: t(`builder.ops.${value}`) }))}
            onChange={(op) => onChange({ ...measure, op })}
          />
          <Input
            aria-label={t("builder.value")}
            style={{ width: 90 }}
            inputMode="decimal"
            value={measure.value}
            onChange={({ target }) => onChange({ ...measure, value: target.value })}
          />
        </>
      ) : (
        <>
          <SpanInput span={measure.span} onChange={(span) => onChange({ ...measure, span })} />
          <span className="soft">{t("builder.ago")}</span>
        </>
      )}
    </>
  );
}

function WindowFields({ window, onChange }: { window: Window; onChange: (window: Window) => void }) {
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

function WhereFields({
  where,
  fields,
  onChange,
}: {
  where: Where[];
  fields: Field[];
  onChange: (where: Where[]) => void;
}) {
  const { t } = useTranslation("segments");
  const set = (at: number, patch: Partial<Where>) =>
    onChange(where.map((one, index) => (index === at ? { ...one, ...patch } : one)));
  return (
    <>
      {where.map((one, at) => (
        <span key={at} className="row" style={{ gap: 4 }}>
          <span className="soft">{t("builder.where")}</span>
          <Select
            aria-label={t("builder.field")}
            style={{ width: 110 }}
            placeholder={t("builder.field")}
            value={one.field || undefined}
            options={fields}
            onChange={(field) => set(at, { field })}
          />
          <Select
            aria-label={t("builder.op")}
            style={{ width: 96 }}
            value={one.op}
            options={(["in", "is", "gte", "lte"] as const).map((value) => ({
              value,
              label: t(`builder.ops.${value}`),
            }))}
            onChange={(op) => set(at, { op })}
          />
          <Input
            aria-label={t("builder.value")}
            style={{ width: 120 }}
            value={one.value}
            onChange={({ target }) => set(at, { value: target.value })}
          />
          <Button
            type="text"
            size="small"
            icon={<CloseOutlined aria-hidden />}
            aria-label={t("builder.remove_where")}
            onClick={() => onChange(where.filter((_, index) => index !== at))}
          />
        </span>
      ))}
      {fields.length > 0 && (
        <Button
          size="small"
          type="text"
          icon={<PlusOutlined aria-hidden />}
          onClick={() => onChange([...where, { field: "", op: "in", value: "" }])}
        >
          {t("builder.add_where")}
        </Button>
      )}
    </>
  );
}
