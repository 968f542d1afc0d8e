import { Form, Input, Modal, Select } from "antd";
import { useDeferredValue, useState } from "react";
import { useTranslation } from "react-i18next";
import { $api } from "@/lib/api";
import { useGo } from "@/lib/navigation";
import { paths } from "@/lib/paths";
import { useRefresh } from "@/lib/queries";
import { useSubmit } from "@/ui/useSubmit";
import { merge, type Person } from "../api";
import { useAbout } from "./useAbout";

type Fields = { other_id: string; reason: string };

export function MergeDialog({ person, onClose }: { person: Person; onClose: () => void }) {
  const { t } = useTranslation("people");
  const [form] = Form.useForm<Fields>();
  const { busy, submit } = useSubmit();
  const about = useAbout();
  const refresh = useRefresh();
  const go = useGo();
  const [text, setText] = useState("");
  const q = useDeferredValue(text.trim());
  const found = $api.useQuery(
    "get",
    "/api/people",
    { params: { query: { q, limit: 10 } } },
    { enabled: q !== "" },
  );
  const options = (found.data?.items ?? [])
    .filter(({ id }) => id !== person.id)
    .map((row) => ({
      value: row.id,
      label: [row.name || t("common:unnamed"), about(row), row.phone].filter(Boolean).join(" · "),
    }));
  const save = (fields: Fields) =>
    submit(async () => {
      const { data } = await merge(person.id, fields);
      onClose();
      await refresh("/api/people");
      if (data && data.id !== person.id) go(paths.person(data.id), { replace: true });
    }, t("identity.merged"));
  return (
    <Modal
      open
      title={t("identity.merge_title")}
      okText={t("identity.merge")}
      cancelText={t("common:action.cancel")}
      confirmLoading={busy}
      onOk={form.submit}
      onCancel={onClose}
    >
      <p className="soft">{t("identity.merge_hint")}</p>
      <Form form={form} layout="vertical" requiredMark={false} onFinish={(fields) => void save(fields)}>
        <Form.Item
          name="other_id"
          label={t("identity.merge_search")}
          rules={[{ required: true, message: t("identity.merge_search") }]}
        >
          <Select
            showSearch={{ filterOption: false, onSearch: setText }}
            loading={found.isFetching}
            options={options}
            placeholder={t("search")}
            notFoundContent={q ? t("common:search.none") : null}
          />
        </Form.Item>
        <Form.Item
          name="reason"
          label={t("identity.reason")}
          rules={[{ required: true, whitespace: true, message: t("identity.reason_needed") }]}
        >
          <Input.TextArea rows={2} maxLength={200} />
        </Form.Item>
      </Form>
    </Modal>
  );
}
