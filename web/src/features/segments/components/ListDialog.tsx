import { Form, Input, Modal, Segmented, Select } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { useRefresh } from "@/lib/queries";
import { useFormat } from "@/lib/useFormat";
import { useSubmit } from "@/ui/useSubmit";
import { useSegments } from "../api";
import { addToList, createList, type Whom } from "../listApi";

type Fields = { name?: string; list?: string };
type Props = {
  /** How many people it is about, in words. */
  about: string;
  whom: Whom;
  onStarted: (action: string) => void;
  onClose: () => void;
};

/** Puts people on a list that is there, or on a new one. */
export function ListDialog({ about, whom, onStarted, onClose }: Props) {
  const { t } = useTranslation("segments");
  const { pick } = useFormat();
  const [form] = Form.useForm<Fields>();
  const { busy, submit } = useSubmit();
  const refresh = useRefresh();
  const lists = (useSegments(false).data?.items ?? []).filter(({ list }) => list);
  const [how, setHow] = useState("new");
  const save = ({ name = "", list = "" }: Fields) =>
    submit(async () => {
      const action =
        how === "new"
          ? (await createList({ name: name.trim(), description: "", whom })).action
          : await addToList(list, whom);
      await refresh("/api/segments");
      onClose();
      if (action) onStarted(action.id);
    });
  const required = [{ required: true, whitespace: true, message: t("required") }];
  return (
    <Modal
      open
      title={t("lists.add_title")}
      okText={t("lists.add")}
      cancelText={t("common:action.cancel")}
      confirmLoading={busy}
      onOk={form.submit}
      onCancel={onClose}
    >
      <Form form={form} layout="vertical" requiredMark={false} onFinish={save}>
        <p className="soft">{about}</p>
        {lists.length > 0 && (
          <Form.Item>
            <Segmented
              aria-label={t("lists.add_title")}
              value={how}
              options={[
                { value: "new", label: t("lists.new_list") },
                { value: "old", label: t("lists.old_list") },
              ]}
              onChange={setHow}
            />
          </Form.Item>
        )}
        {how === "new" ? (
          <Form.Item name="name" label={t("lists.name")} rules={required}>
            <Input maxLength={80} />
          </Form.Item>
        ) : (
          <Form.Item name="list" label={t("lists.old_list")} rules={required}>
            <Select
              showSearch
              optionFilterProp="label"
              options={lists.map((one) => ({ value: one.id, label: pick(one.name, one.name_en) }))}
            />
          </Form.Item>
        )}
      </Form>
    </Modal>
  );
}
