import { App, Input } from "antd";
import { type ReactNode, useRef } from "react";
import { useTranslation } from "react-i18next";
import { problemMessage } from "@/lib/problem";

type Ask = {
  title: string;
  content?: ReactNode;
  ok: string;
  danger?: boolean;
  /** Asks for a reason, which is then required and handed to `run`. */
  reason?: { label: string; placeholder?: string };
  run: (reason: string) => Promise<unknown>;
};

/** The one way to ask before something that cannot simply be taken back. */
export function useConfirm() {
  const { modal, message } = App.useApp();
  const { t } = useTranslation();
  const reason = useRef("");
  return (ask: Ask) => {
    reason.current = "";
    const submit = async () => {
      if (ask.reason && reason.current.trim() === "") {
        void message.warning(t("confirm.reason_needed"));
        return Promise.reject(new Error("reason missing"));
      }
      try {
        await ask.run(reason.current.trim());
      } catch (error) {
        void message.error(problemMessage(error, t));
        throw error;
      }
    };
    modal.confirm({
      title: ask.title,
      icon: null,
      okText: ask.ok,
      cancelText: t("action.cancel"),
      okButtonProps: { danger: ask.danger ?? false },
      content: (
        <div className="stack tight">
          {ask.content && <div>{ask.content}</div>}
          {ask.reason && (
            <label className="stack tight">
              <span className="soft">{ask.reason.label}</span>
              <Input.TextArea
                rows={2}
                maxLength={200}
                placeholder={ask.reason.placeholder}
                onChange={(event) => {
                  reason.current = event.target.value;
                }}
              />
            </label>
          )}
        </div>
      ),
      // The dialog stays open when the work fails; what failed has been shown.
      onOk: () => submit().catch(() => Promise.reject()),
    });
  };
}
