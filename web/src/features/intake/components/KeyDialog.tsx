import { useTranslation } from "react-i18next";
import { SecretDialog } from "@/ui/SecretDialog";

/** A write key, with how to use it. */
export function KeyDialog({ writeKey, onClose }: { writeKey: string; onClose: () => void }) {
  const { t } = useTranslation("intake");
  const host = window.location.origin;
  return (
    <SecretDialog
      title={t("sources.key_title")}
      hint={t("sources.key_hint")}
      secret={writeKey}
      onClose={onClose}
    >
      <span className="soft">{t("sources.key_use")}</span>
      <pre className="mono sample">{`new Analytics({\n  host: "${host}",\n  writeKey: "${writeKey}",\n})`}</pre>
    </SecretDialog>
  );
}
