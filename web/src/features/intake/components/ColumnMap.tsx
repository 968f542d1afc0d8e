import { Input, Select } from "antd";
import { useTranslation } from "react-i18next";
import { type ColumnUse, type MapForm, PEOPLE_FIELDS, patternOf } from "../mapping";

type ColumnMapProps = {
  use: ColumnUse;
  kind: MapForm["kind"];
  samples: string[];
  onChange: (use: ColumnUse) => void;
};

const NAMED = new Set(["prop", "identifier", "attribute"]);
const TIMED = new Set(["field:created_at", "at"]);
const DATED = new Set(["field:birth_date"]);
const VALUED = new Set(["field:gender", "field:clinic", "event", "clinic"]);
const FORMATS = [
  "%Y-%m-%d",
  "%Y/%m/%d",
  "%Y%m%d",
  "%Y-%m-%d %H:%M:%S",
  "%Y/%m/%d %H:%M",
  "%d/%m/%Y",
  "%m/%d/%Y",
];
const TYPES = ["text", "money", "integer", "decimal", "boolean", "date", "timestamp"];

/** One column: its first values, what it becomes, and how it is to be read. */
export function ColumnMap({ use, kind, samples, onChange }: ColumnMapProps) {
  const { t } = useTranslation("intake");
  const { column, target } = use;
  const set = (patch: Partial<ColumnUse>) => onChange({ ...use, ...patch });
  const choose = (next: string) =>
    set({ target: next, name: NAMED.has(next) && !use.name ? column : use.name });
  return (
    <fieldset className="column-map bare" aria-label={column}>
      <div>
        <div className="strong">{column}</div>
        <div className="faint ellipsis">{samples.filter(Boolean).join(" · ")}</div>
      </div>
      <Select
        aria-label={t("mapping.target_of", { column })}
        showSearch
        optionFilterProp="label"
        style={{ width: "100%" }}
        value={target}
        options={useTargets(kind)}
        onChange={choose}
      />
      <div className="row">
        {NAMED.has(target) && (
          <Input
            aria-label={t("mapping.name_of", { column })}
            placeholder={t("mapping.name")}
            style={{ width: 150 }}
            value={use.name}
            onChange={({ target: input }) => set({ name: input.value.trim() })}
          />
        )}
        <Details use={use} set={set} />
      </div>
    </fieldset>
  );
}

function useTargets(kind: MapForm["kind"]) {
  const { t } = useTranslation("intake");
  const target = (value: string) => ({ value, label: t(`mapping.targets.${value}`) });
  const ignore = { value: "", label: t("mapping.ignore") };
  if (kind === "events") return [ignore, ...["person", "at", "event", "clinic", "prop"].map(target)];
  const fields = PEOPLE_FIELDS.map((name) => ({
    value: `field:${name}`,
    label: t(`mapping.fields.${name}`),
  }));
  return [ignore, target("source_id"), ...fields, target("identifier"), target("attribute")];
}

function Details({ use, set }: { use: ColumnUse; set: (patch: Partial<ColumnUse>) => void }) {
  const { t } = useTranslation("intake");
  const { column, target } = use;
  const dated = TIMED.has(target) || DATED.has(target) || use.type === "date" || use.type === "timestamp";
  const formats = use.format && !FORMATS.includes(use.format) ? [use.format, ...FORMATS] : FORMATS;
  return (
    <>
      {target === "prop" && (
        <Select
          aria-label={`${column} ${t("mapping.type")}`}
          style={{ width: 110 }}
          allowClear
          placeholder={t("mapping.type")}
          value={use.type || undefined}
          options={TYPES.map((value) => ({ value, label: t(`mapping.types.${value}`) }))}
          onChange={(type) => set({ type: type ?? "" })}
        />
      )}
      {use.type === "money" && (
        <Input
          aria-label={`${column} ${t("mapping.currency")}`}
          placeholder={t("mapping.currency")}
          style={{ width: 84 }}
          maxLength={3}
          value={use.currency}
          onChange={({ target: input }) => set({ currency: input.value.toUpperCase() })}
        />
      )}
      {dated && (
        <Select
          aria-label={`${column} ${t("mapping.format")}`}
          style={{ width: 212 }}
          value={use.format}
          options={[
            { value: "", label: t("mapping.format_auto") },
            ...formats.map((value) => ({ value, label: patternOf(value) })),
          ]}
          onChange={(format) => set({ format })}
        />
      )}
      {(VALUED.has(target) || use.values !== "") && target !== "" && (
        <Input.TextArea
          aria-label={t("mapping.values_of", { column })}
          placeholder={t("mapping.values_hint")}
          autoSize={{ minRows: 1, maxRows: 6 }}
          style={{ flex: "1 1 200px" }}
          value={use.values}
          onChange={({ target: input }) => set({ values: input.value })}
        />
      )}
    </>
  );
}
