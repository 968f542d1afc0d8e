import { Form, Input, Modal, Radio } from "antd";
import { useTranslation } from "react-i18next";
import { useRefresh } from "@/lib/queries";
import { useSubmit } from "@/ui/useSubmit";
import { finishTask, OUTCOMES, type Task } from "../api";

type Fields = { outcome: string; note?: string };

export function FinishDialog({ task, onClose }: { task: Task; onClose: () => void }) {
  const { t } = useTranslation("teams");
  const [form] = Form.useForm<Fields>();
  const { busy, submit } = useSubmit();
  const refresh = useRefresh();
  const save = async ({ outcome, note }: Fields) => {
    const work = () => finishTask(task.id, { outcome, note: note?.trim() || null });
    if (!(await submit(work, t("finished")))) return;
    await refresh("/api/tasks", "/api/people");
    onClose();
  };
  return (
    <Modal
      open
      title={t("finish_title", { title: task.title })}
      okText={t("finish")}
      cancelText={t("common:action.cancel")}
      confirmLoading={busy}
      onOk={form.submit}
      onCancel={onClose}
    >
      <Form form={form} layout="vertical" requiredMark={false} onFinish={save}>
        <Form.Item
          name="outcome"
          label={t("outcome_label")}
          rules={[{ required: true, message: t("choose_outcome") }]}
        >
          <Radio.Group
            className="outcomes"
            options={OUTCOMES.map((value) => ({ value: value as string, label: t(`outcomes.${value}`) }))}
          />
        </Form.Item>
        <Form.Item name="note" label={t("note")}>
          <Input.TextArea rows={3} maxLength={500} />
        </Form.Item>
      </Form>
    </Modal>
  );
}
