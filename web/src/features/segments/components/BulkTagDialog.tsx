import { DatePicker, Form, Input, Modal, Radio } from "antd";
import type { Dayjs } from "dayjs";
import { useTranslation } from "react-i18next";
import { TagFields } from "@/ui/TagFields";
import { useSubmit } from "@/ui/useSubmit";
import { startBulkTag, useSettableTags, type Whom } from "../listApi";

type Fields = { how: "set" | "remove"; tag: string; value: string; reason?: string; until?: Dayjs | null };
type Props = { about: string; whom: Whom; onStarted: (action: string) => void; onClose: () => void };

/** Sets a tag on many people, or removes what was set by hand. */
export function BulkTagDialog({ about, whom, onStarted, onClose }: Props) {
  const { t } = useTranslation("segments");
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
        <TagFields
          tags={tags}
          labels={{ tag: t("lists.tag"), value: t("lists.value"), required: t("required") }}
          onTag={() => form.resetFields(["value", "until"])}
        />
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
