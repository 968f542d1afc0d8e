import { CheckCircleOutlined, WarningOutlined } from "@ant-design/icons";
import { useTranslation } from "react-i18next";
import { useFormat } from "@/lib/useFormat";
import { Chip } from "@/ui/Chip";
import { useAuditChain } from "../api";

/** Whether the hash chain of the log still holds, checked by the server from its first row on. */
export function AuditChain() {
  const { t } = useTranslation("access");
  const { number } = useFormat();
  const { data } = useAuditChain();
  if (!data) return null;
  if (data.broken_at == null) {
    return (
      <Chip tone="good">
        <CheckCircleOutlined aria-hidden />{" "}
        {t("audit.intact", { count: data.rows, formatted: number(data.rows) })}
      </Chip>
    );
  }
  return (
    <Chip tone="bad">
      <WarningOutlined aria-hidden /> {t("audit.broken", { seq: data.broken_at })}
    </Chip>
  );
}
