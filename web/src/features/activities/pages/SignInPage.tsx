import { CheckCircleFilled } from "@ant-design/icons";
import { useParams } from "@tanstack/react-router";
import { Alert, Button, Checkbox, Form, Input } from "antd";
import { type ReactNode, useEffect, useState } from "react";
import { useTranslation } from "react-i18next";
import { formatDateTime } from "@/lib/format";
import { problemMessage } from "@/lib/problem";
import { LanguageSwitch } from "@/ui/LanguageSwitch";
import { Loaded } from "@/ui/states";
import { type SignIn, signIn, useSignIn } from "../api";

type Fields = { name: string; phone: string; agreed: boolean; contact?: boolean };

/** What a poster's code leads to. Whoever stands before it opens it, so it tells nothing of anybody. */
export function SignInPage() {
  const { t } = useTranslation("activities");
  const { token = "" } = useParams({ strict: false });
  const activity = useSignIn(token);
  const title = activity.data?.name ?? t("sign_in.title");
  useEffect(() => {
    document.title = `${title} · ${t("common:product")}`;
  }, [title, t]);
  return (
    <main className="login">
      <div className="login-card">
        <div className="row between">
          <span className="brand">
            <img src="/favicon.svg" alt="" width={28} height={28} />
            {t("sign_in.title")}
          </span>
          <LanguageSwitch />
        </div>
        <Loaded query={activity}>{(data) => <Door token={token} activity={data} />}</Loaded>
        {activity.error !== null && <h1 className="visually-hidden">{t("sign_in.gone")}</h1>}
      </div>
    </main>
  );
}

function Door({ token, activity }: { token: string; activity: SignIn }) {
  const { i18n } = useTranslation("activities");
  const [done, setDone] = useState(false);
  const locale = { language: i18n.language, timeZone: activity.time_zone, currency: "CNY" };
  const where = [activity.place, activity.clinic_name].filter(Boolean).join(" · ");
  return (
    <div className="stack">
      <div>
        <h1 className="sign-in-title">{activity.name}</h1>
        {where && <div className="soft">{where}</div>}
        <div className="soft num">
          {formatDateTime(activity.starts_at, locale)} – {formatDateTime(activity.ends_at, locale)}
        </div>
      </div>
      {done ? (
        <Done name={activity.name} onNext={() => setDone(false)} />
      ) : (
        <Entrance door={activity.door}>
          <VisitorForm token={token} onDone={() => setDone(true)} />
        </Entrance>
      )}
    </div>
  );
}

/** The form while the door is open, else why it is not. */
function Entrance({ door, children }: { door: string; children: ReactNode }) {
  const { t } = useTranslation("activities");
  if (door === "open") return children;
  return <Alert type="info" showIcon title={t(`problems:activities_${door}`)} />;
}

function VisitorForm({ token, onDone }: { token: string; onDone: () => void }) {
  const { t } = useTranslation("activities");
  const [error, setError] = useState<unknown>();
  const [busy, setBusy] = useState(false);
  const submit = async ({ name, phone, agreed, contact }: Fields) => {
    setBusy(true);
    setError(undefined);
    try {
      await signIn(token, { name, phone, agreed, may_contact: contact ?? false });
      onDone();
    } catch (failure) {
      setError(failure);
    } finally {
      setBusy(false);
    }
  };
  const needed = (message: string) => [{ required: true, whitespace: true, message }];
  const agreed = {
    validator: (_: unknown, value: boolean) =>
      value ? Promise.resolve() : Promise.reject(new Error(t("sign_in.need_agree"))),
  };
  return (
    <Form<Fields> layout="vertical" requiredMark={false} onFinish={submit}>
      {error !== undefined && (
        <Alert type="error" showIcon title={problemMessage(error, t)} style={{ marginBottom: 16 }} />
      )}
      <Form.Item name="name" label={t("sign_in.name")} rules={needed(t("sign_in.need_name"))}>
        <Input size="large" autoComplete="name" maxLength={40} />
      </Form.Item>
      <Form.Item name="phone" label={t("sign_in.phone")} rules={needed(t("sign_in.need_phone"))}>
        <Input size="large" type="tel" inputMode="tel" autoComplete="tel" maxLength={24} />
      </Form.Item>
      <details className="notice">
        <summary>{t("sign_in.notice_title")}</summary>
        <p className="soft">{t("sign_in.notice")}</p>
      </details>
      <Form.Item name="agreed" valuePropName="checked" rules={[agreed]} style={{ marginBottom: 8 }}>
        <Checkbox>{t("sign_in.agree")}</Checkbox>
      </Form.Item>
      <Form.Item name="contact" valuePropName="checked">
        <Checkbox>{t("sign_in.contact")}</Checkbox>
      </Form.Item>
      <Button type="primary" htmlType="submit" size="large" block loading={busy}>
        {t("sign_in.submit")}
      </Button>
    </Form>
  );
}

function Done({ name, onNext }: { name: string; onNext: () => void }) {
  const { t } = useTranslation("activities");
  return (
    <div className="stack" role="status">
      <div className="row">
        <CheckCircleFilled aria-hidden style={{ color: "var(--good)", fontSize: 28 }} />
        <span className="strong">{t("sign_in.done")}</span>
      </div>
      <p className="soft">{t("sign_in.done_hint", { name })}</p>
      <Button block onClick={onNext}>
        {t("sign_in.next")}
      </Button>
    </div>
  );
}
