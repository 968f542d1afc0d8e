import { Button, Modal } from "antd";
import { useTranslation } from "react-i18next";
import { useRefresh } from "@/lib/queries";
import { useSubmit } from "@/ui/useSubmit";
import { type Intent, settleIntent } from "../api";

/** A touch whose fate is unknown is settled by a person, never by a blind retry. */
export function SettleDialog({ intent, onClose }: { intent: Intent; onClose: () => void }) {
  const { t } = useTranslation("outreach");
  const { busy, submit } = useSubmit();
  const refresh = useRefresh();
  const settle = async (state: "sent" | "failed") => {
    if (!(await submit(() => settleIntent(intent.id, state), t("settled_done")))) return;
    await refresh("/api/touch-plans");
    onClose();
  };
  return (
    <Modal
      open
      title={t("settle_title")}
      onCancel={onClose}
      footer={
        <>
          <Button onClick={onClose}>{t("common:action.cancel")}</Button>
          <Button loading={busy} onClick={() => void settle("failed")}>
            {t("settle_failed")}
          </Button>
          <Button type="primary" loading={busy} onClick={() => void settle("sent")}>
            {t("settle_sent")}
          </Button>
        </>
      }
    >
      <p>{t("settle_hint")}</p>
    </Modal>
  );
}
