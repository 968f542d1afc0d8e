import { KeyOutlined, LogoutOutlined, UserOutlined } from "@ant-design/icons";
import { useQueryClient } from "@tanstack/react-query";
import { Button, Dropdown } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { PasswordDialog } from "@/features/access/components/PasswordDialog";
import { client } from "@/lib/api";
import { useGo } from "@/lib/navigation";
import { paths } from "@/lib/paths";
import { useSession } from "@/lib/session";
import { useFormat } from "@/lib/useFormat";
import { useSubmit } from "@/ui/useSubmit";

export function UserMenu() {
  const { t } = useTranslation();
  const { session } = useSession();
  const { pick } = useFormat();
  const queries = useQueryClient();
  const go = useGo();
  const { submit } = useSubmit();
  const [password, setPassword] = useState(false);
  const { staff } = session;
  const logOut = () =>
    submit(async () => {
      await client.DELETE("/api/session");
      queries.clear();
      go(paths.login());
    });
  const items = [
    { key: "role", label: `${staff.name} · ${pick(staff.role_name_zh, staff.role_name_en)}`, disabled: true },
    { type: "divider" as const },
    {
      key: "password",
      icon: <KeyOutlined aria-hidden />,
      label: t("user.password"),
      onClick: () => setPassword(true),
    },
    {
      key: "logout",
      icon: <LogoutOutlined aria-hidden />,
      label: t("user.logout"),
      onClick: () => void logOut(),
    },
  ];
  return (
    <>
      <Dropdown menu={{ items }} trigger={["click"]} placement="bottomRight">
        <Button
          type="text"
          icon={<UserOutlined aria-hidden />}
          aria-label={t("user.menu", { name: staff.name })}
        >
          <span className="user-name">{staff.name}</span>
        </Button>
      </Dropdown>
      {password && <PasswordDialog onClose={() => setPassword(false)} />}
    </>
  );
}
