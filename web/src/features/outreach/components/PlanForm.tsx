import { Button, Form, Input, InputNumber, Radio, Select } from "antd";
import { useTranslation } from "react-i18next";
import { useSegmentOptions } from "@/lib/lookups";
import { useGo } from "@/lib/navigation";
import { paths } from "@/lib/paths";
import { useRefresh } from "@/lib/queries";
import { Panel } from "@/ui/Page";
import { useSubmit } from "@/ui/useSubmit";
import { createPlan, type Plan, updatePlan } from "../api";
import { bodyOf, type Fields, fieldsOf } from "../form";
import { EmailFields } from "./EmailFields";

export function PlanForm({ plan, segment }: { plan: Plan | undefined; segment: string }) {
  const { t } = useTranslation("outreach");
  const [form] = Form.useForm<Fields>();
  const go = useGo();
  const refresh = useRefresh();
  const { busy, submit } = useSubmit();
  const segments = useSegmentOptions();
  const action = Form.useWatch("action", form) ?? plan?.action ?? "task";
  const required = [{ required: true, message: t("required") }];
  const save = (fields: Fields) =>
    submit(async () => {
      const body = bodyOf(fields);
      const { data } = plan ? await updatePlan(plan.id, body) : await createPlan(body);
      await refresh("/api/touch-plans");
      if (data) go(paths.touchPlan(data.id));
    }, t("saved"));
  return (
    <Form
      form={form}
      layout="vertical"
      requiredMark={false}
      initialValues={fieldsOf(plan, segment, t("task_title_default"))}
      onFinish={(fields) => void save(fields)}
    >
      <div className="stack">
        <Panel>
          <div style={{ maxWidth: 560 }}>
            <Form.Item name="name" label={t("name")} rules={required}>
              <Input maxLength={80} />
            </Form.Item>
            <Form.Item name="segment_id" label={t("segment")} rules={required}>
              <Select showSearch optionFilterProp="label" options={segments} />
            </Form.Item>
            <Form.Item name="action" label={t("action")} rules={required}>
              <Radio.Group
                options={[
                  { value: "task", label: t("actions.task") },
                  { value: "email", label: t("actions.email") },
                ]}
              />
            </Form.Item>
            {action === "task" && (
              <>
                <Form.Item name="task_title" label={t("task_title")} rules={required}>
                  <Input maxLength={120} />
                </Form.Item>
                <Form.Item name="due_in_hours" label={t("due_in")} rules={required}>
                  <InputNumber min={1} max={8760} />
                </Form.Item>
              </>
            )}
          </div>
          {action === "email" && <EmailFields />}
        </Panel>
        <Panel title={t("quiet")}>
          <div className="row">
            <Form.Item name="quiet_from" label={t("quiet_from")} rules={required}>
              <Input type="time" style={{ width: 130 }} />
            </Form.Item>
            <Form.Item name="quiet_to" label={t("quiet_to")} rules={required}>
              <Input type="time" style={{ width: 130 }} />
            </Form.Item>
          </div>
          <p className="faint" style={{ marginTop: 0 }}>
            {t("quiet_hint")}
          </p>
          <Form.Item name="cap_days" label={t("cap")} rules={required} extra={t("cap_hint")}>
            <InputNumber min={0} max={3650} />
          </Form.Item>
        </Panel>
        <div>
          <Button type="primary" htmlType="submit" loading={busy}>
            {t("common:action.save")}
          </Button>
        </div>
      </div>
    </Form>
  );
}
