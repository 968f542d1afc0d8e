import { Form, Input, Modal, Select } from "antd";
import { useTranslation } from "react-i18next";
import { useClinicOptions } from "@/lib/lookups";
import { useRefresh } from "@/lib/queries";
import { useFormat } from "@/lib/useFormat";
import { useSubmit } from "@/ui/useSubmit";
import { createStaff, type Staff, updateStaff, useRoles } from "../api";

type Fields = {
  name: string;
  login: string;
  email?: string;
  role_id: string;
  clinic_ids: string[];
  password?: string;
};
type StaffDialogProps = {
  staff: Staff | undefined;
  onPassword: (password: string) => void;
  onClose: () => void;
};

/** Makes a member of staff, or edits one. */
export function StaffDialog({ staff, onPassword, onClose }: StaffDialogProps) {
  const { t } = useTranslation("access");
  const { pick } = useFormat();
  const [form] = Form.useForm<Fields>();
  const { busy, submit } = useSubmit();
  const refresh = useRefresh();
  const roles = useRoles().data?.items ?? [];
  const clinics = useClinicOptions();
  const required = [{ required: true, message: t("staff.required") }];
  const save = ({ login, password, email = "", ...rest }: Fields) =>
    submit(async () => {
      if (staff) await updateStaff(staff.id, { ...rest, email });
      else {
        const { data } = await createStaff({
          ...rest,
          login,
          ...(email && { email }),
          ...(password && { password }),
        });
        if (data?.password) onPassword(data.password);
      }
      await refresh("/api/staff");
      onClose();
    }, t("common:state.saved"));
  const initial = staff
    ? {
        name: staff.name,
        login: staff.login ?? "",
        email: staff.email ?? "",
        role_id: staff.role_id,
        clinic_ids: staff.clinics.map(({ id }) => id),
      }
    : { clinic_ids: [] };
  return (
    <Modal
      open
      title={staff ? t("staff.edit", { name: staff.name }) : t("staff.new")}
      okText={t("common:action.save")}
      cancelText={t("common:action.cancel")}
      confirmLoading={busy}
      onOk={form.submit}
      onCancel={onClose}
    >
      <Form
        form={form}
        layout="vertical"
        requiredMark={false}
        initialValues={initial}
        onFinish={(fields) => void save(fields)}
      >
        <Form.Item name="name" label={t("staff.name")} rules={required}>
          <Input maxLength={60} />
        </Form.Item>
        <Form.Item name="login" label={t("staff.login")} rules={required}>
          <Input disabled={!!staff} autoComplete="off" maxLength={64} />
        </Form.Item>
        <Form.Item name="email" label={t("staff.email")}>
          <Input type="email" autoComplete="off" maxLength={200} />
        </Form.Item>
        <Form.Item name="role_id" label={t("staff.role")} rules={required}>
          <Select
            options={roles.map((role) => ({ value: role.id, label: pick(role.name_zh, role.name_en) }))}
          />
        </Form.Item>
        <Form.Item name="clinic_ids" label={t("staff.clinics")}>
          <Select
            mode="multiple"
            options={clinics}
            placeholder={t("staff.all_clinics")}
            optionFilterProp="label"
          />
        </Form.Item>
        {!staff && (
          <Form.Item
            name="password"
            label={t("staff.initial_password")}
            rules={[{ min: 10, message: t("password.short", { count: 10 }) }]}
          >
            <Input.Password autoComplete="new-password" />
          </Form.Item>
        )}
      </Form>
    </Modal>
  );
}
