import { GlobalOutlined } from "@ant-design/icons";
import { Button } from "antd";
import { useTranslation } from "react-i18next";
import { changeLanguage } from "@/lib/i18n";

/** Names the other language in that language, so that whoever needs it can read it. */
export function LanguageSwitch() {
  const { i18n } = useTranslation();
  const english = i18n.language === "en";
  return (
    <Button
      type="text"
      icon={<GlobalOutlined aria-hidden />}
      lang={english ? "zh-CN" : "en"}
      onClick={() => void changeLanguage(english ? "zh-CN" : "en")}
    >
      {english ? "中文" : "EN"}
    </Button>
  );
}
