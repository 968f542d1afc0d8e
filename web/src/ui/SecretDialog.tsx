import { CopyOutlined } from "@ant-design/icons";
import { Alert, App, Button, Input, Modal, Space } from "antd";
import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";

type SecretDialogProps = {
  title: string;
  hint: string;
  secret: string;
  children?: ReactNode;
  onClose: () => void;
};

/** Something secret that is shown this once. */
export function SecretDialog({ title, hint, secret, children, onClose }: SecretDialogProps) {
  const { t } = useTranslation();
  const { message } = App.useApp();
  const copy = async () => {
    await navigator.clipboard.writeText(secret);
    void message.success(t("action.copied"));
  };
  return (
    <Modal
      open
      title={title}
      onCancel={onClose}
      footer={<Button onClick={onClose}>{t("action.close")}</Button>}
    >
      <div className="stack">
        <Alert type="warning" showIcon title={hint} />
        <Space.Compact style={{ width: "100%" }}>
          <Input readOnly value={secret} className="mono" aria-label={title} />
          <Button icon={<CopyOutlined aria-hidden />} onClick={() => void copy()}>
            {t("action.copy")}
          </Button>
        </Space.Compact>
        {children}
      </div>
    </Modal>
  );
}
