import { App } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { problemMessage } from "@/lib/problem";

/** Runs an action once at a time; says what went wrong, or that it is done. */
export function useSubmit() {
  const { message } = App.useApp();
  const { t } = useTranslation();
  const [busy, setBusy] = useState(false);
  const submit = async (work: () => Promise<unknown>, done?: string): Promise<boolean> => {
    setBusy(true);
    try {
      await work();
      if (done) void message.success(done);
      return true;
    } catch (error) {
      void message.error(problemMessage(error, t));
      return false;
    } finally {
      setBusy(false);
    }
  };
  return { busy, submit };
}
