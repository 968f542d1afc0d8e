import { Form, Input, Modal, Select } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { useRefresh } from "@/lib/queries";
import { useFormat } from "@/lib/useFormat";
import { useReason } from "@/lib/useReason";
import { Chip, type Tone } from "@/ui/Chip";
import { Guarded } from "@/ui/Guarded";
import { Panel } from "@/ui/Page";
import { useSubmit } from "@/ui/useSubmit";
import { type Person, setConsent } from "../api";

const CHANNELS = ["all", "sms", "email", "wecom", "phone"];
const STATES = ["granted", "refused"];
const TONES: Record<string, Tone> = { granted: "good", refused: "bad" };

export function ConsentsPanel({ person }: { person: Person }) {
  const { t } = useTranslation("people");
  const { date } = useFormat();
  const reason = useReason();
  const [editing, setEditing] = useState(false);
  return (
    <Panel
      title={t("consents.title")}
      extra={
        <Guarded size="small" reason={reason("people.edit")} onClick={() => setEditing(true)}>
          {t("consents.change")}
        </Guarded>
      }
    >
      {person.consents.length === 0 ? (
        <span className="soft">{t("consents.empty")}</span>
      ) : (
        <ul className="plain-list stack tight">
          {person.consents.map((one) => (
            <li key={one.channel} className="row between">
              <span>{t(`consents.channels.${one.channel}`, { defaultValue: one.channel })}</span>
              <span className="row">
                <span className="faint num">{date(one.at)}</span>
                <Chip tone={TONES[one.state] ?? "plain"}>
                  {t(`consents.states.${one.state}`, { defaultValue: one.state })}
                </Chip>
              </span>
            </li>
          ))}
        </ul>
      )}
      {editing && <ConsentDialog id={person.id} onClose={() => setEditing(false)} />}
    </Panel>
  );
}

type Fields = { channel: string; state: string; proof: string };

function ConsentDialog({ id, onClose }: { id: string; onClose: () => void }) {
  const { t } = useTranslation("people");
  const [form] = Form.useForm<Fields>();
  const { busy, submit } = useSubmit();
  const refresh = useRefresh();
  const save = async (fields: Fields) => {
    if (!(await submit(() => setConsent(id, fields), t("consents.saved")))) return;
    await refresh("/api/people");
    onClose();
  };
  const required = [{ required: true, message: t("consents.required") }];
  const options = (group: string, values: string[]) =>
    values.map((value) => ({ value, label: t(`consents.${group}.${value}`) }));
  return (
    <Modal
      open
      title={t("consents.title")}
      okText={t("common:action.save")}
      cancelText={t("common:action.cancel")}
      confirmLoading={busy}
      onOk={form.submit}
      onCancel={onClose}
    >
      <Form form={form} layout="vertical" requiredMark={false} onFinish={save}>
        <Form.Item name="channel" label={t("consents.channel")} rules={required}>
          <Select options={options("channels", CHANNELS)} />
        </Form.Item>
        <Form.Item name="state" label={t("consents.state")} rules={required}>
          <Select options={options("states", STATES)} />
        </Form.Item>
        <Form.Item name="proof" label={t("consents.proof")} rules={required}>
          <Input placeholder={t("consents.proof_placeholder")} maxLength={200} />
        </Form.Item>
      </Form>
    </Modal>
  );
}
