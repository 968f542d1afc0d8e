import { useTranslation } from "react-i18next";
import type { Permission } from "./permissions";
import { useSession } from "./session";

/** Why an action is closed to the reader; nothing when it is open. */
export function useReason() {
  const { t } = useTranslation();
  const { can } = useSession();
  return (permission: Permission) => (can(permission) ? undefined : t("no_permission", { permission }));
}
