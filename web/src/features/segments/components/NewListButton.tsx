import { Form, Input, Modal } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { useGo } from "@/lib/navigation";
import { paths } from "@/lib/paths";
import { useRefresh } from "@/lib/queries";
import { useReason } from "@/lib/useReason";
import { Guarded } from "@/ui/Guarded";
import { useSubmit } from "@/ui/useSubmit";
import { createList } from "../listApi";

type Fields = { name: string; description?: string };

/** Makes an empty list and goes to it; people come from a file, a selection or a segment. */
export function NewListButton() {
  const { t } = useTranslation("segments");
  const reason = useReason();
  const go = useGo();
  const refresh = useRefresh();
  const [form] = Form.useForm<Fields>();
  const [open, setOpen] = useState(false);
  const { busy, submit } = useSubmit();
  const save = ({ name, description = "" }: Fields) =>
    submit(async () => {
      const made = await createList({ name: name.trim(), description: description.trim() });
      await refresh("/api/segments");
      go(paths.segment(made.segment.id));
    });
  return (
    <>
      <Guarded reason={reason("segments.edit")} onClick={() => setOpen(true)}>
        {t("lists.new_list")}
      </Guarded>
      <Modal
        open={open}
        title={t("lists.new_list")}
        okText={t("common:action.save")}
        cancelText={t("common:action.cancel")}
        confirmLoading={busy}
        onOk={form.submit}
        onCancel={() => setOpen(false)}
        destroyOnHidden
      >
        <Form form={form} layout="vertical" requiredMark={false} onFinish={save} preserve={false}>
          <p className="soft">{t("lists.new_hint")}</p>
          <Form.Item
            name="name"
            label={t("lists.name")}
            rules={[{ required: true, whitespace: true, message: t("required") }]}
          >
            <Input maxLength={80} />
          </Form.Item>
          <Form.Item name="description" label={t("description")}>
            <Input maxLength={200} />
          </Form.Item>
        </Form>
      </Modal>
    </>
  );
}
