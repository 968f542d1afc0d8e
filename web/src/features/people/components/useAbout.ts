import { useTranslation } from "react-i18next";

/** Sex and age in two words. */
export function useAbout() {
  const { t } = useTranslation();
  return ({ gender, age }: { gender?: string | null; age?: number | null }) =>
    [
      gender && gender !== "unknown" ? t(`gender.${gender}`, { defaultValue: gender }) : "",
      age == null ? "" : t("age", { count: age }),
    ]
      .filter(Boolean)
      .join(" ");
}
