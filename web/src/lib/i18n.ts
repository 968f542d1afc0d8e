import i18next from "i18next";
import { initReactI18next } from "react-i18next";

export const LANGUAGES = ["zh-CN", "en"] as const;
export type Language = (typeof LANGUAGES)[number];
type Catalogue = { [key: string]: string | Catalogue };
/** One feature's texts. Chinese comes first and is the reference. */
export type Texts = { zh: Catalogue; en: Catalogue };

const STORED = "careloop.language";

function startLanguage(): Language {
  const stored = globalThis.localStorage?.getItem(STORED);
  return stored === "en" || stored === "zh-CN" ? stored : "zh-CN";
}

export function startI18n(texts: Record<string, Texts>) {
  const of = (side: "zh" | "en") =>
    Object.fromEntries(Object.entries(texts).map(([name, both]) => [name, both[side]]));
  const language = startLanguage();
  document.documentElement.lang = language;
  return i18next.use(initReactI18next).init({
    lng: language,
    fallbackLng: "zh-CN",
    supportedLngs: LANGUAGES,
    defaultNS: "common",
    resources: { "zh-CN": of("zh"), en: of("en") },
    interpolation: { escapeValue: false },
    initAsync: false,
  });
}

export function changeLanguage(language: Language) {
  globalThis.localStorage?.setItem(STORED, language);
  document.documentElement.lang = language;
  return i18next.changeLanguage(language);
}
