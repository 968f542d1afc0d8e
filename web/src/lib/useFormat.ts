import { useMemo } from "react";
import { useTranslation } from "react-i18next";
import * as format from "./format";
import { useSession } from "./session";

/** Formatting in the reader's language, the chain's time zone and its currency. */
export function useFormat() {
  const { i18n } = useTranslation();
  const { session } = useSession();
  const { time_zone: timeZone, currency } = session.chain;
  const language = i18n.language;
  return useMemo(() => {
    const locale: format.Locale = { language, timeZone, currency };
    return {
      locale,
      date: (value: string | null | undefined) => format.formatDate(value, locale),
      dateTime: (value: string | null | undefined) => format.formatDateTime(value, locale),
      money: (value: format.MoneyValue) => format.formatMoney(value, locale),
      number: (value: number, digits?: number) => format.formatNumber(value, locale, digits),
      percent: (value: number | null | undefined, digits?: number) =>
        format.formatPercent(value, locale, digits),
      metric: (value: string | null | undefined, unit: string) => format.formatMetric(value, unit, locale),
      list: (items: string[]) => format.joinList(items, locale),
      clauses: (items: string[]) => format.joinClauses(items, locale),
      bytes: (value: number) => format.formatBytes(value, locale),
      today: () => format.todayIn(timeZone),
      /** Picks the text of the reader's language out of a pair of fields. */
      pick: (zh: string | null | undefined, en: string | null | undefined) =>
        (language.startsWith("zh") ? zh : en) || zh || en || "",
    };
  }, [language, timeZone, currency]);
}
