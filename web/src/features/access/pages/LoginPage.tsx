import { useQueryClient } from "@tanstack/react-query";
import { useRouterState } from "@tanstack/react-router";
import { Alert, Button, Form, Input } from "antd";
import { useEffect, useState } from "react";
import { useTranslation } from "react-i18next";
import { client } from "@/lib/api";
import { changeLanguage } from "@/lib/i18n";
import { useGo } from "@/lib/navigation";
import { paths } from "@/lib/paths";
import { problemMessage } from "@/lib/problem";
import { sessionQuery } from "@/lib/session";

type Fields = { login: string; password: string };

/** Only an address of our own is followed after the log-in. */
export function safeNext(next: unknown): string {
  return typeof next === "string" && /^\/(?![/\\])/.test(next) ? next : paths.home();
}

export function LoginPage() {
  const { t, i18n } = useTranslation("access");
  const queries = useQueryClient();
  const go = useGo();
  const search = useRouterState({ select: (state) => state.location.search as { next?: string } });
  const [error, setError] = useState<unknown>();
  const [busy, setBusy] = useState(false);
  useEffect(() => {
    document.title = `${t("login.title")} · 诊环 Careloop`;
  }, [t]);
  const submit = async (body: Fields) => {
    setBusy(true);
    setError(undefined);
    try {
      const { data } = await client.POST("/api/session", { body });
      queries.setQueryData(sessionQuery().queryKey, data);
      go(safeNext(search.next), { replace: true });
    } catch (failure) {
      setError(failure);
      setBusy(false);
    }
  };
  const english = i18n.language === "en";
  return (
    <main className="login">
      <div className="login-card">
        <div className="row between">
          <span className="brand" style={{ fontSize: 20 }}>
            <img src="/favicon.svg" alt="" width={34} height={34} />
            {t("common:product")}
          </span>
          <Button
            type="text"
            lang={english ? "zh-CN" : "en"}
            onClick={() => void changeLanguage(english ? "zh-CN" : "en")}
          >
            {english ? "中文" : "EN"}
          </Button>
        </div>
        <h1 className="visually-hidden">{t("login.title")}</h1>
        <p className="soft">{t("login.welcome")}</p>
        {error !== undefined && (
          <Alert type="error" showIcon title={problemMessage(error, t)} style={{ marginBottom: 16 }} />
        )}
        <Form<Fields> layout="vertical" requiredMark={false} onFinish={submit}>
          <Form.Item
            name="login"
            label={t("login.login")}
            rules={[{ required: true, message: t("login.need_login") }]}
          >
            <Input size="large" autoComplete="username" autoFocus />
          </Form.Item>
          <Form.Item
            name="password"
            label={t("login.password")}
            rules={[{ required: true, message: t("login.need_password") }]}
          >
            <Input.Password size="large" autoComplete="current-password" />
          </Form.Item>
          <Button type="primary" htmlType="submit" size="large" block loading={busy}>
            {t("login.submit")}
          </Button>
        </Form>
      </div>
    </main>
  );
}
