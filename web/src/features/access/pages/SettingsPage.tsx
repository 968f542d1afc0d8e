import { Button, Form, Input, Select } from "antd";
import { useTranslation } from "react-i18next";
import { useRefresh } from "@/lib/queries";
import { Page, Panel } from "@/ui/Page";
import { Loaded } from "@/ui/states";
import { useSubmit } from "@/ui/useSubmit";
import { updateSettings, useSettings } from "../api";

type Fields = { name: string; time_zone: string };
const ZONES = Intl.supportedValuesOf("timeZone").map((value) => ({ value, label: value }));

export function SettingsPage() {
  const { t } = useTranslation("access");
  const settings = useSettings();
  const refresh = useRefresh();
  const { busy, submit } = useSubmit();
  const save = async ({ name, time_zone }: Fields) => {
    if (await submit(() => updateSettings({ name, time_zone }), t("common:state.saved")))
      await refresh("/api/s");
  };
  const required = [{ required: true, message: t("staff.required") }];
  return (
    <Page title={t("settings.title")}>
      <Panel>
        <Loaded query={settings}>
          {(initial) => (
            <Form<Fields>
              layout="vertical"
              requiredMark={false}
              initialValues={initial}
              onFinish={save}
              style={{ maxWidth: 420 }}
            >
              <Form.Item name="name" label={t("settings.name")} rules={required}>
                <Input maxLength={80} />
              </Form.Item>
              <Form.Item
                name="time_zone"
                label={t("settings.zone")}
                rules={required}
                extra={t("settings.hint")}
              >
                <Select showSearch options={ZONES} />
              </Form.Item>
              <Form.Item name="currency" label={t("settings.currency")} extra={t("settings.currency_hint")}>
                <Input disabled />
              </Form.Item>
              <Button type="primary" htmlType="submit" loading={busy}>
                {t("common:action.save")}
              </Button>
            </Form>
          )}
        </Loaded>
      </Panel>
    </Page>
  );
}
