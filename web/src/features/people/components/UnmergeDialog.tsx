import { Checkbox, Form, Input, Modal } from "antd";
import { useTranslation } from "react-i18next";
import { useRefresh } from "@/lib/queries";
import { useSubmit } from "@/ui/useSubmit";
import { type Person, unmerge } from "../api";

type Fields = { record_ids: string[]; reason: string };

/** Takes chosen records out of a person; they become somebody else. */
export function UnmergeDialog({ person, onClose }: { person: Person; onClose: () => void }) {
  const { t } = useTranslation("people");
  const [form] = Form.useForm<Fields>();
  const { busy, submit } = useSubmit();
  const refresh = useRefresh();
  const all = person.records.length;
  const save = async (fields: Fields) => {
    if (!(await submit(() => unmerge(person.id, fields), t("identity.unmerged")))) return;
    onClose();
    await refresh("/api/people");
  };
  const some = (_: unknown, value: string[] = []) =>
    value.length > 0 && value.length < all
      ? Promise.resolve()
      : Promise.reject(new Error(t("identity.unmerge_choose")));
  return (
    <Modal
      open
      title={t("identity.unmerge_title")}
      okText={t("identity.unmerge")}
      cancelText={t("common:action.cancel")}
      okButtonProps={{ danger: true }}
      confirmLoading={busy}
      onOk={form.submit}
      onCancel={onClose}
    >
      <p className="soft">{t("identity.unmerge_hint")}</p>
      <Form form={form} layout="vertical" requiredMark={false} onFinish={save}>
        <Form.Item name="record_ids" rules={[{ validator: some }]}>
          <Checkbox.Group style={{ width: "100%" }}>
            <ul className="plain-list stack tight" style={{ width: "100%" }}>
              {person.records.map((row) => (
                <li key={row.id}>
                  <Checkbox value={row.id}>
                    <span className="visually-hidden">
                      {t("identity.unmerge_pick", { source: row.source_name, key: row.source_key })}
                    </span>
                    <span aria-hidden>
                      {row.source_name} <code>{row.source_key}</code>{" "}
                      <span className="soft">
                        {[row.name, row.phone, row.clinic_name].filter(Boolean).join(" · ")}
                      </span>
                    </span>
                  </Checkbox>
                </li>
              ))}
            </ul>
          </Checkbox.Group>
        </Form.Item>
        <Form.Item
          name="reason"
          label={t("identity.reason")}
          rules={[{ required: true, whitespace: true, message: t("identity.reason_needed") }]}
        >
          <Input.TextArea rows={2} maxLength={200} placeholder={t("identity.reason_placeholder")} />
        </Form.Item>
      </Form>
    </Modal>
  );
}
