import { Alert, Button, Radio, Select } from "antd";
import { useTranslation } from "react-i18next";
import { useFormat } from "@/lib/useFormat";
import { Panel } from "@/ui/Page";
import { type Upload, useEventKinds, useSources } from "../api";
import { type ColumnUse, faultsOf, type MapForm } from "../mapping";
import { ColumnMap } from "./ColumnMap";
import { PreviewTable } from "./PreviewTable";

type MapStepProps = {
  upload: Upload;
  form: MapForm;
  onChange: (form: MapForm) => void;
  onBack: () => void;
  onNext: () => void;
};

/** What each column of the file becomes: guessed by the server, corrected here. */
export function MapStep({ upload, form, onChange, onBack, onNext }: MapStepProps) {
  const { t } = useTranslation("intake");
  const { bytes, clauses } = useFormat();
  const faults = faultsOf(form);
  const setColumn = (at: number, use: ColumnUse) =>
    onChange({ ...form, columns: form.columns.map((one, index) => (index === at ? use : one)) });
  const setKind = (kind: MapForm["kind"]) =>
    onChange({ ...form, kind, columns: form.columns.map((use) => ({ ...use, target: "" })) });
  return (
    <>
      <Panel
        title={upload.file_name}
        extra={
          <span className="faint">
            {t("mapping.read_as", {
              size: bytes(upload.size),
              encoding: upload.sheet ?? upload.encoding ?? "",
              count: upload.columns.length,
            })}
          </span>
        }
      >
        <div className="stack tight">
          <div className="row">
            <span className="soft">{t("mapping.kind")}</span>
            <Radio.Group
              aria-label={t("mapping.kind")}
              value={form.kind}
              onChange={({ target }) => setKind(target.value)}
              options={(["people", "events"] as const).map((value) => ({
                value,
                label: t(`mapping.kinds.${value}`),
              }))}
            />
          </div>
          {form.kind === "events" && <EventSettings form={form} onChange={onChange} />}
        </div>
      </Panel>
      <Panel flush>
        <div className="column-map head" aria-hidden>
          <span>{t("mapping.column")}</span>
          <span>{t("mapping.target")}</span>
          <span>{t("mapping.details")}</span>
        </div>
        {form.columns.map((use, at) => (
          <ColumnMap
            key={use.column}
            use={use}
            kind={form.kind}
            samples={upload.preview.slice(0, 3).map((row) => row[at] ?? "")}
            onChange={(next) => setColumn(at, next)}
          />
        ))}
      </Panel>
      {faults.length > 0 && (
        <Alert
          type="warning"
          showIcon
          title={clauses(
            faults.map((fault) =>
              t(`mapping.${fault.code}`, "target" in fault ? { target: targetName(fault.target, t) } : fault),
            ),
          )}
        />
      )}
      <div className="row">
        <Button onClick={onBack}>{t("mapping.back")}</Button>
        <Button type="primary" disabled={faults.length > 0} onClick={onNext}>
          {t("mapping.check")}
        </Button>
      </div>
      <PreviewTable columns={upload.columns} rows={upload.preview} />
    </>
  );
}

function targetName(target: string, t: (key: string) => string): string {
  return target.startsWith("field:")
    ? t(`mapping.fields.${target.slice("field:".length)}`)
    : t(`mapping.targets.${target}`);
}

function EventSettings({ form, onChange }: { form: MapForm; onChange: (form: MapForm) => void }) {
  const { t } = useTranslation("intake");
  const { pick } = useFormat();
  const kinds = useEventKinds().data?.items ?? [];
  const sources = useSources().data?.items ?? [];
  const told = form.columns.some(({ target }) => target === "event");
  return (
    <div className="row" style={{ gap: "8px 20px" }}>
      {!told && (
        <Select
          aria-label={t("mapping.event")}
          style={{ minWidth: 200 }}
          placeholder={t("mapping.event")}
          showSearch
          optionFilterProp="label"
          value={form.event || undefined}
          options={kinds.map((one) => ({
            value: one.id,
            label: `${pick(one.name_zh, one.name_en)} ${one.id}`,
          }))}
          onChange={(event) => onChange({ ...form, event })}
        />
      )}
      <Select
        aria-label={t("mapping.event_id")}
        mode="multiple"
        style={{ minWidth: 280, maxWidth: "100%" }}
        placeholder={t("mapping.event_id")}
        value={form.eventId}
        options={form.columns.map(({ column }) => ({ value: column, label: column }))}
        onChange={(eventId) => onChange({ ...form, eventId })}
      />
      <Select
        aria-label={t("mapping.person_source")}
        style={{ minWidth: 220 }}
        allowClear
        placeholder={t("mapping.person_source")}
        value={form.personSource || undefined}
        options={sources.map(({ name }) => ({ value: name, label: name }))}
        onChange={(personSource) => onChange({ ...form, personSource: personSource ?? "" })}
      />
    </div>
  );
}
