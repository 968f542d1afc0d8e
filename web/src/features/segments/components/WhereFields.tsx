import { CloseOutlined, PlusOutlined } from "@ant-design/icons";
import { Button, Input, Select } from "antd";
import { useTranslation } from "react-i18next";
import type { Where } from "../where";

export type Field = { value: string; label: string };

/** Conditions on the fields of the events. */
export function WhereFields({
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
