import { Checkbox, Modal, Radio } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { files } from "@/lib/paths";
import { useFormat } from "@/lib/useFormat";
import type { Segment } from "../api";

const FIELDS = ["name", "phone", "gender", "age", "clinics", "owner", "since"] as const;

/** Chooses format and columns; the browser then downloads the file from the server. */
export function ExportDialog({ segment, onClose }: { segment: Segment; onClose: () => void }) {
  const { t } = useTranslation("segments");
  const { pick } = useFormat();
  const [format, setFormat] = useState<"csv" | "xlsx">("xlsx");
  const [fields, setFields] = useState<string[]>(["name", "phone", "clinics", "owner"]);
  return (
    <Modal
      open
      title={t("export_title", { name: pick(segment.name, segment.name_en) })}
      okText={t("export")}
      cancelText={t("common:action.cancel")}
      okButtonProps={{ href: files.segmentExport(segment.id, format, fields), disabled: fields.length === 0 }}
      onOk={onClose}
      onCancel={onClose}
    >
      <div className="stack">
        <span className="soft">{t("export_hint")}</span>
        <fieldset>
          <legend>{t("export_fields")}</legend>
          <Checkbox.Group
            value={fields}
            onChange={setFields}
            options={FIELDS.map((value) => ({ value: value as string, label: t(`fields.${value}`) }))}
          />
        </fieldset>
        <fieldset>
          <legend>{t("export_format")}</legend>
          <Radio.Group
            value={format}
            onChange={({ target }) => setFormat(target.value)}
            options={[
              { value: "xlsx", label: "Excel (XLSX)" },
              { value: "csv", label: "CSV" },
            ]}
          />
        </fieldset>
      </div>
    </Modal>
  );
}
