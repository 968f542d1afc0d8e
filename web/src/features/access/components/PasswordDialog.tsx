import { Form, Input, Modal } from "antd";
import { useTranslation } from "react-i18next";
import { client } from "@/lib/api";
import { useSubmit } from "@/ui/useSubmit";

const SHORTEST = 10;
type Fields = { current: string; next: string; again: string };

export function PasswordDialog({ onClose }: { onClose: () => void }) {
  const { t } = useTranslation("access");
  const [form] = Form.useForm<Fields>();
  const { busy, submit } = useSubmit();
  const save = async ({ current, next }: Fields) => {
    const change = () => client.PUT("/api/session/password", { body: { current, new: next } });
    if (await submit(change, t("password.done"))) onClose();
  };
  return (
    <Modal
      open
      title={t("password.title")}
      okText={t("common:action.save")}
      cancelText={t("common:action.cancel")}
      confirmLoading={busy}
      onOk={form.submit}
      onCancel={onClose}
    >
      <Form form={form} layout="vertical" requiredMark={false} onFinish={save}>
        <Form.Item
          name="current"
          label={t("password.current")}
          rules={[{ required: true, message: t("password.need_current") }]}
        >
          <Input.Password autoComplete="current-password" />
        </Form.Item>
        <Form.Item
          name="next"
          label={t("password.next")}
          rules={[{ required: true, min: SHORTEST, message: t("password.short", { count: SHORTEST }) }]}
        >
          <Input.Password autoComplete="new-password" />
        </Form.Item>
        <Form.Item
          name="again"
          label={t("password.again")}
          dependencies={["next"]}
          rules={[
            ({ getFieldValue }) => ({
              validator: (_, value) =>
                value === getFieldValue("next")
                  ? Promise.resolve()
                  : Promise.reject(new Error(t("password.differs"))),
            }),
          ]}
        >
          <Input.Password autoComplete="new-password" />
        </Form.Item>
      </Form>
    </Modal>
  );
}
