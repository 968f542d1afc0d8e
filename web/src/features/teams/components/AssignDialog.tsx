import { Modal, Select } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { useStaffOptions } from "@/lib/lookups";
import { useRefresh } from "@/lib/queries";
import { useSession } from "@/lib/session";
import { useSubmit } from "@/ui/useSubmit";
import { assignTask, type Task } from "../api";

const NOBODY = "";

export function AssignDialog({ task, onClose }: { task: Task; onClose: () => void }) {
  const { t } = useTranslation("teams");
  const { session, can } = useSession();
  const everybody = useStaffOptions();
  const assigns = can("tasks.assign");
  const staff = assigns ? everybody : [{ value: session.staff.id, label: session.staff.name }];
  const [owner, setOwner] = useState(task.owner?.id ?? (assigns ? NOBODY : session.staff.id));
  const { busy, submit } = useSubmit();
  const refresh = useRefresh();
  const save = async () => {
    if (!(await submit(() => assignTask(task.id, owner || null), t("assigned")))) return;
    await refresh("/api/tasks");
    onClose();
  };
  const title = t("assign_to", { title: task.title });
  return (
    <Modal
      open
      title={title}
      okText={t("assign")}
      cancelText={t("common:action.cancel")}
      confirmLoading={busy}
      onOk={() => void save()}
      onCancel={onClose}
    >
      <Select
        aria-label={title}
        style={{ width: "100%" }}
        value={owner}
        showSearch
        optionFilterProp="label"
        options={assigns ? [{ value: NOBODY, label: t("nobody") }, ...staff] : staff}
        onChange={setOwner}
      />
    </Modal>
  );
}
