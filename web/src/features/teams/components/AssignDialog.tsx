import { Modal, Select } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { useStaffOptions } from "@/lib/lookups";
import { useRefresh } from "@/lib/queries";
import { useSubmit } from "@/ui/useSubmit";
import { assignTask, type Task } from "../api";

const NOBODY = "";

export function AssignDialog({ task, onClose }: { task: Task; onClose: () => void }) {
  const { t } = useTranslation("teams");
  const staff = useStaffOptions();
  const [owner, setOwner] = useState(task.owner?.id ?? NOBODY);
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
        options={[{ value: NOBODY, label: t("nobody") }, ...staff]}
        onChange={setOwner}
      />
    </Modal>
  );
}
