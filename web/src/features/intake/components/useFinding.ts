import { useTranslation } from "react-i18next";

/** The sentence of a code in the reader's language; the server's own words where there is none. */
export function useFinding() {
  const { t } = useTranslation("intake");
  return ({ code, reason }: { code: string; reason: string }) =>
    t(`findings.${code.replaceAll(".", "_")}`, { defaultValue: reason });
}
