import { Form, type FormInstance, Modal } from "antd";
import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";

type Props<T> = {
  title: string;
  /** What the button says, where that is not "save". */
  ok?: string;
  busy: boolean;
  /** For a dialog that looks into its own fields; made here otherwise. */
  form?: FormInstance<T>;
  initial?: Partial<T>;
  onSave: (fields: T) => unknown;
  onClose: () => void;
  children: ReactNode;
};

/** A form in a dialog: its fields below each other, saved by the button or Enter, left by cancel. */
export function FormDialog<T extends object>(props: Props<T>) {
  const { title, ok, busy, form, initial, onSave, onClose, children } = props;
  const { t } = useTranslation();
  const [own] = Form.useForm<T>(form);
  return (
    <Modal
      open
      title={title}
      okText={ok ?? t("action.save")}
      cancelText={t("action.cancel")}
      confirmLoading={busy}
      onOk={own.submit}
      onCancel={onClose}
    >
      <Form
        form={own}
        layout="vertical"
        requiredMark={false}
        {...(initial ? { initialValues: initial } : {})}
        onFinish={onSave}
      >
        {children}
      </Form>
    </Modal>
  );
}
