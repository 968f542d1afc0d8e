import { DatePicker, Form, Input, Modal } from "antd";
import type { Dayjs } from "dayjs";
import { useTranslation } from "react-i18next";
import { useRefresh } from "@/lib/queries";
import { TagFields } from "@/ui/TagFields";
import { useSubmit } from "@/ui/useSubmit";
import { addTag, useTags } from "../api";

type Fields = { tag: string; value: string; reason?: string; until?: Dayjs | null };

export function AddTagDialog({ personId, onClose }: { personId: string; onClose: () => void }) {
  const { t } = useTranslation("profiles");
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
        <TagFields
          tags={tags}
          labels={{ tag: t("person.tag"), value: t("person.value"), required: t("person.required") }}
          onTag={() => form.resetFields(["value", "until"])}
        />
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
