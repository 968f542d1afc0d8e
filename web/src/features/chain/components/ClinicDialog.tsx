import { Form, Input, Modal } from "antd";
import { useTranslation } from "react-i18next";
import { useRefresh } from "@/lib/queries";
import { useSubmit } from "@/ui/useSubmit";
import { type Clinic, createClinic, updateClinic } from "../api";

type Fields = { code: string; name: string; region?: string };

export function ClinicDialog({ clinic, onClose }: { clinic: Clinic | undefined; onClose: () => void }) {
  const { t } = useTranslation("chain");
  const [form] = Form.useForm<Fields>();
  const { busy, submit } = useSubmit();
  const refresh = useRefresh();
  const required = [{ required: true, message: t("required") }];
  const save = async ({ code, name, region }: Fields) => {
    const body = { name, region: region ?? "" };
    const work = () => (clinic ? updateClinic(clinic.id, body) : createClinic({ code, ...body }));
    if (!(await submit(work, t("common:state.saved")))) return;
    await refresh("/api/clinics", "/api/session");
    onClose();
  };
  return (
    <Modal
      open
      title={clinic ? t("edit", { name: clinic.name }) : t("new")}
      okText={t("common:action.save")}
      cancelText={t("common:action.cancel")}
      confirmLoading={busy}
      onOk={form.submit}
      onCancel={onClose}
    >
      <Form
        form={form}
        layout="vertical"
        initialValues={clinic ? { code: clinic.code, name: clinic.name, region: clinic.region ?? "" } : {}}
        onFinish={save}
      >
        <Form.Item name="code" label={t("code")} rules={required}>
          <Input disabled={!!clinic} maxLength={20} />
        </Form.Item>
        <Form.Item name="name" label={t("name")} rules={required}>
          <Input maxLength={80} />
        </Form.Item>
        <Form.Item name="region" label={t("region")}>
          <Input maxLength={40} />
        </Form.Item>
      </Form>
    </Modal>
  );
}
