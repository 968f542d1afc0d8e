import { Form, Input, Select } from "antd";
import { useTranslation } from "react-i18next";
import { addDays, instantOf, todayIn } from "@/lib/format";
import { useStaffOptions } from "@/lib/lookups";
import { useRefresh } from "@/lib/queries";
import { useSession } from "@/lib/session";
import { FormDialog } from "@/ui/FormDialog";
import { useSubmit } from "@/ui/useSubmit";
import { createTask } from "../api";

type Fields = { title: string; due: string; owner_id: string };

/** A task for one customer, made by hand. */
export function NewTaskDialog({ personId, onClose }: { personId: string; onClose: () => void }) {
  const { t } = useTranslation("teams");
  const { session } = useSession();
  const staff = useStaffOptions();
  const { busy, submit } = useSubmit();
  const refresh = useRefresh();
  const zone = session.chain.time_zone;
  const save = async ({ title, due, owner_id }: Fields) => {
    const due_at = instantOf(due.replace("T", " "), zone);
    const work = () => createTask({ person_id: personId, title, due_at, owner_id });
    if (!(await submit(work, t("created")))) return;
    await refresh("/api/tasks", "/api/people");
    onClose();
  };
  const required = [{ required: true, message: t("required") }];
  return (
    <FormDialog<Fields>
      title={t("new")}
      busy={busy}
      initial={{ due: `${addDays(todayIn(zone), 1)}T10:00`, owner_id: session.staff.id }}
      onSave={save}
      onClose={onClose}
    >
      <Form.Item name="title" label={t("new_title")} rules={required}>
        <Input maxLength={120} />
      </Form.Item>
      <Form.Item name="due" label={t("new_due")} rules={required}>
        <Input type="datetime-local" />
      </Form.Item>
      <Form.Item name="owner_id" label={t("owner")} rules={required}>
        <Select options={staff} showSearch optionFilterProp="label" />
      </Form.Item>
    </FormDialog>
  );
}
