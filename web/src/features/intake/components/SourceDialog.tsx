import { Form, Input, Modal, Radio, Switch } from "antd";
import { useTranslation } from "react-i18next";
import { useRefresh } from "@/lib/queries";
import { useSubmit } from "@/ui/useSubmit";
import { createSource, type Source, updateSource } from "../api";

type Fields = { name: string; kind: "file" | "http"; strict?: boolean };
type SourceDialogProps = { source: Source | undefined; onKey: (key: string) => void; onClose: () => void };

export function SourceDialog({ source, onKey, onClose }: SourceDialogProps) {
  const { t } = useTranslation("intake");
  const [form] = Form.useForm<Fields>();
  const { busy, submit } = useSubmit();
  const refresh = useRefresh();
  const kind = Form.useWatch("kind", form) ?? source?.kind;
  const save = ({ name, kind: chosen, strict = false }: Fields) =>
    submit(async () => {
      if (source) await updateSource(source.id, { name, strict });
      else {
        const { data } = await createSource({ name, kind: chosen, strict });
        if (data?.write_key) onKey(data.write_key);
      }
      await refresh("/api/sources");
      onClose();
    });
  const kinds = (["file", "http"] as const).map((value) => ({
    value,
    label: (
      <span>
        {t(`sources.kinds.${value}`)} <span className="faint">{t(`sources.kind_hint.${value}`)}</span>
      </span>
    ),
  }));
  return (
    <Modal
      open
      title={source ? t("sources.edit", { name: source.name }) : t("sources.new")}
      okText={t("common:action.save")}
      cancelText={t("common:action.cancel")}
      confirmLoading={busy}
      onOk={form.submit}
      onCancel={onClose}
    >
      <Form
        form={form}
        layout="vertical"
        requiredMark={false}
        initialValues={
          source
            ? { name: source.name, kind: source.kind, strict: source.strict }
            : { kind: "file", strict: false }
        }
        onFinish={(fields) => void save(fields)}
      >
        <Form.Item
          name="name"
          label={t("sources.name")}
          rules={[{ required: true, message: t("sources.required") }]}
        >
          <Input maxLength={60} />
        </Form.Item>
        <Form.Item name="kind" label={t("sources.kind")}>
          <Radio.Group
            disabled={!!source}
            options={kinds}
            style={{ display: "flex", flexDirection: "column", gap: 6 }}
          />
        </Form.Item>
        {kind === "http" && (
          <Form.Item
            name="strict"
            label={t("sources.strict")}
            valuePropName="checked"
            extra={t("sources.strict_hint")}
          >
            <Switch />
          </Form.Item>
        )}
      </Form>
    </Modal>
  );
}
