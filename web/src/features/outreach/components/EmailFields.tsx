import { Alert, Button, Form, Input } from "antd";
import { useTranslation } from "react-i18next";
import { useSession } from "@/lib/session";
import { useChannels } from "../api";
import type { Fields } from "../form";
import { fill, VARIABLES } from "../template";

/** The e-mail's template beside what a customer will read. */
export function EmailFields() {
  const { t } = useTranslation("outreach");
  const form = Form.useFormInstance<Fields>();
  const { session } = useSession();
  const channel = useChannels().data?.items.find(({ id }) => id === "email");
  const values = {
    name: t("sample.name"),
    salutation: t("sample.salutation"),
    clinic: session.clinics[0]?.name ?? t("sample.clinic"),
    chain: session.chain.name,
  };
  const subject = Form.useWatch("subject", form) ?? "";
  const body = Form.useWatch("body", form) ?? "";
  const required = [{ required: true, whitespace: true, message: t("required") }];
  const insert = (name: string) =>
    form.setFieldValue("body", `${form.getFieldValue("body") ?? ""}{{${name}}}`);
  return (
    <>
      {channel && !channel.ready && (
        <Alert type="warning" showIcon style={{ marginBottom: 16 }} title={t("email_off")} />
      )}
      <div className="grid-2">
        <div>
          <Form.Item name="subject" label={t("subject")} rules={required}>
            <Input maxLength={150} />
          </Form.Item>
          <Form.Item name="body" label={t("body")} rules={required}>
            <Input.TextArea rows={8} maxLength={5000} />
          </Form.Item>
          <div className="row">
            <span className="soft">{t("variables")}</span>
            {VARIABLES.map((name) => (
              <Button
                key={name}
                size="small"
                onClick={() => insert(name)}
                aria-label={t("insert", { name: t(`vars.${name}`) })}
              >
                {t(`vars.${name}`)}
              </Button>
            ))}
          </div>
        </div>
        <section aria-label={t("preview")} className="mail-preview">
          <div className="faint">
            {t("preview")} · {t("preview_hint")}
          </div>
          <div className="strong">{fill(subject, values) || "—"}</div>
          <div style={{ whiteSpace: "pre-wrap" }}>{fill(body, values)}</div>
        </section>
      </div>
    </>
  );
}
