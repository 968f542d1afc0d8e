import { AutoComplete, DatePicker, Form, Input, Modal, Select } from "antd";
import type { Dayjs } from "dayjs";
import { useTranslation } from "react-i18next";
import { useRefresh } from "@/lib/queries";
import { useFormat } from "@/lib/useFormat";
import { useSubmit } from "@/ui/useSubmit";
import { addTag, useTags } from "../api";

type Fields = { tag: string; value: string; reason?: string; until?: Dayjs | null };

export function AddTagDialog({ personId, onClose }: { personId: string; onClose: () => void }) {
  const { t } = useTranslation("profiles");
  const { pick } = useFormat();
  const [form] = Form.useForm<Fields>();
  const { busy, submit } = useSubmit();
  const refresh = useRefresh();
  const tags = (useTags().data?.items ?? []).filter(({ settable }) => settable);
  const tagId = Form.useWatch("tag", form);
  const chosen = tags.find(({ id }) => id === tagId);
  const isComputed = chosen !== undefined && chosen.kind !== "S";
  const save = async ({ until, ...fields }: Fields) => {
    const body = { ...fields, until_on: until?.format("YYYY-MM-DD") ?? null };
    if (!(await submit(() => addTag(personId, body), t("person.added")))) return;
    await refresh("/api/people/{id}/tags", "/api/tags");
    onClose();
  };
  const required = [{ required: true, message: t("person.required") }];
  return (
    <Modal
      open
      title={t("person.add_title")}
      okText={t("common:action.save")}
      cancelText={t("common:action.cancel")}
      confirmLoading={busy}
      onOk={form.submit}
      onCancel={onClose}
    >
      <Form form={form} layout="vertical" requiredMark={false} onFinish={save}>
        <Form.Item name="tag" label={t("person.tag")} rules={required}>
          <Select
            showSearch
            optionFilterProp="label"
            options={tags.map((tag) => ({ value: tag.id, label: pick(tag.name_zh, tag.name_en) }))}
            onChange={() => form.resetFields(["value", "until"])}
          />
        </Form.Item>
        <Form.Item name="value" label={t("person.value")} rules={required}>
          {chosen?.form === "flag" ? (
            <Select
              options={["true", "false"].map((value) => ({
                value,
                label: t(value === "true" ? "common:yes" : "common:no"),
              }))}
            />
          ) : (
            <AutoComplete
              options={(chosen?.values ?? []).map((one) => ({
                value: one.value,
                label: pick(one.label_zh, one.label_en) || one.value,
              }))}
            />
          )}
        </Form.Item>
        <Form.Item name="reason" label={t("person.reason")}>
          <Input maxLength={100} />
        </Form.Item>
        {isComputed && (
          <Form.Item name="until" label={t("person.until_on")}>
            <DatePicker style={{ width: "100%" }} />
          </Form.Item>
        )}
      </Form>
    </Modal>
  );
}
