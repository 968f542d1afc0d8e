import { useCallback } from "react";
import { useTranslation } from "react-i18next";

/** The reader's word for a value of an attribute. */
export function useValueLabel() {
  const { t } = useTranslation();
  return useCallback(
    (attr: string, label: string) =>
      attr === "gender" ? t(`gender.${label}`, { defaultValue: label }) : label,
    [t],
  );
}
