import { AutoComplete, DatePicker, Form, Input, Modal, Radio, Select } from "antd";
import type { Dayjs } from "dayjs";
import { useTranslation } from "react-i18next";
import { useFormat } from "@/lib/useFormat";
import { useSubmit } from "@/ui/useSubmit";
import { startBulkTag, useSettableTags, type Whom } from "../listApi";

type Fields = { how: "set" | "remove"; tag: string; value: string; reason?: string; until?: Dayjs | null };
type Props = { about: string; whom: Whom; onStarted: (action: string) => void; onClose: () => void };

/** Sets a tag on many people, or removes what was set by hand. */
export function BulkTagDialog({ about, whom, onStarted, onClose }: Props) {
  const { t } = useTranslation("segments");
  const { pick } = useFormat();
  const [form] = Form.useForm<Fields>();
  const { busy, submit } = useSubmit();
  const tags = useSettableTags();
  const how = Form.useWatch("how", form) ?? "set";
  const tagId = Form.useWatch("tag", form);
  const chosen = tags.find(({ id }) => id === tagId);
  const isComputed = chosen !== undefined && chosen.kind !== "S";
  const save = ({ until, how, reason, ...fields }: Fields) =>
    submit(async () => {
      const terms = how === "set" ? { reason, until_on: until?.format("YYYY-MM-DD") ?? null } : {};
      const action = await startBulkTag({ ...fields, ...terms, remove: how === "remove", whom });
      onClose();
      onStarted(action.id);
    });
  const required = [{ required: true, message: t("required") }];
  return (
    <Modal
      open
      title={t("lists.tag_title")}
      okText={t(how === "set" ? "lists.tag_set" : "lists.tag_remove")}
      cancelText={t("common:action.cancel")}
      confirmLoading={busy}
      onOk={form.submit}
      onCancel={onClose}
    >
      <Form form={form} layout="vertical" requiredMark={false} initialValues={{ how: "set" }} onFinish={save}>
        <p className="soft">{about}</p>
        <Form.Item name="how">
          <Radio.Group
            aria-label={t("lists.tag_title")}
            options={[
              { value: "set", label: t("lists.tag_set") },
              { value: "remove", label: t("lists.tag_remove") },
            ]}
          />
        </Form.Item>
        <Form.Item name="tag" label={t("lists.tag")} rules={required}>
          <Select
            showSearch
            optionFilterProp="label"
            options={tags.map((tag) => ({ value: tag.id, label: pick(tag.name_zh, tag.name_en) }))}
            onChange={() => form.resetFields(["value", "until"])}
          />
        </Form.Item>
        <Form.Item name="value" label={t("lists.value")} rules={required}>
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
        {how === "set" && (
          <Form.Item name="reason" label={t("lists.reason")}>
            <Input maxLength={100} />
          </Form.Item>
        )}
        {how === "set" && isComputed && (
          <Form.Item name="until" label={t("lists.until_on")}>
            <DatePicker style={{ width: "100%" }} />
          </Form.Item>
        )}
      </Form>
    </Modal>
  );
}
