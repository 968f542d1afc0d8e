import { Select } from "antd";
import { useTranslation } from "react-i18next";
import { useUrlState } from "@/lib/navigation";
import { useFormat } from "@/lib/useFormat";
import { Page, Panel } from "@/ui/Page";
import { Empty, Loaded } from "@/ui/states";
import { useRoles } from "../api";
import { RoleForm } from "../components/RoleForm";

export function RolesPage() {
  const { t } = useTranslation("access");
  const { pick } = useFormat();
  const roles = useRoles();
  const [{ role: chosen }, set] = useUrlState({ role: "" });
  return (
    <Page title={t("roles.title")} sub={t("roles.sub")}>
      <Loaded query={roles}>
        {({ items }) => {
          const role = items.find(({ code }) => code === chosen) ?? items[0];
          if (!role) return <Empty title={t("roles.empty")} />;
          return (
            <Panel
              title={pick(role.name_zh, role.name_en)}
              extra={
                <Select
                  aria-label={t("roles.choose")}
                  value={role.code}
                  style={{ width: 240 }}
                  onChange={(code) => set({ role: code })}
                  options={items.map((one) => ({ value: one.code, label: pick(one.name_zh, one.name_en) }))}
                />
              }
            >
              <RoleForm key={role.id} role={role} />
            </Panel>
          );
        }}
      </Loaded>
    </Page>
  );
}
