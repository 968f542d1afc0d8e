import dayjs from "dayjs";
import timezone from "dayjs/plugin/timezone";
import utc from "dayjs/plugin/utc";

dayjs.extend(utc);
dayjs.extend(timezone);

export type Locale = { language: string; timeZone: string; currency: string };
export type MoneyValue = { minor: number; currency: string };

/** What a number that does not exist looks like. A ratio over nothing is empty, never 0. */
export const EMPTY = "—";

function minorDigits(currency: string): number {
  return (
    new Intl.NumberFormat("en", { style: "currency", currency }).resolvedOptions().maximumFractionDigits ?? 2
  );
}

export function formatMoney(money: MoneyValue, { language }: Locale): string {
  const major = money.minor / 10 ** minorDigits(money.currency);
  return formatMajor(major, money.currency, language);
}

function formatMajor(major: number, currency: string, language: string, digits?: number): string {
  return new Intl.NumberFormat(language, {
    style: "currency",
    currency,
    currencyDisplay: "narrowSymbol",
    ...(digits === undefined ? {} : { minimumFractionDigits: digits, maximumFractionDigits: digits }),
  }).format(major);
}

export function formatNumber(value: number, { language }: Locale, digits = 0): string {
  return new Intl.NumberFormat(language, { maximumFractionDigits: digits }).format(value);
}

export function formatPercent(
  value: number | null | undefined,
  { language }: Locale,
  // Below one percent a single digit would make 0.26% and 0.34% the same.
  digits = value != null && Math.abs(value) < 0.01 ? 2 : 1,
): string {
  if (value == null) return EMPTY;
  return new Intl.NumberFormat(language, { style: "percent", maximumFractionDigits: digits }).format(value);
}

/** The value of a metric in its unit; money arrives in the currency's major unit. */
export function formatMetric(value: string | null | undefined, unit: string, locale: Locale): string {
  if (value === null || value === undefined || value === "") return EMPTY;
  const number = Number(value);
  switch (unit) {
    case "money":
      // Cents matter in small amounts only, and then all of them: ¥88.50, never ¥88.5.
      return Math.abs(number) >= 10_000 || Number.isInteger(number)
        ? formatMajor(number, locale.currency, locale.language, 0)
        : formatMajor(number, locale.currency, locale.language);
    case "percent":
      return formatPercent(number, locale);
    case "permille":
      return `${formatNumber(number, locale, 1)}‰`;
    default:
      return formatNumber(number, locale, Number.isInteger(number) ? 0 : 2);
  }
}

/** English readers come from everywhere: year first cannot be misread, 03/04 can. */
const dateLanguage = (language: string) => (language === "en" ? "en-CA" : language);

export function formatDate(instant: string | null | undefined, { language, timeZone }: Locale): string {
  if (!instant) return EMPTY;
  // A civil date has no zone: reading it as an instant could move it by a day.
  const civil = /^\d{4}-\d{2}-\d{2}$/.test(instant);
  if (Number.isNaN(Date.parse(instant))) return instant;
  return new Intl.DateTimeFormat(dateLanguage(language), {
    year: "numeric",
    month: "2-digit",
    day: "2-digit",
    timeZone: civil ? "UTC" : timeZone,
  }).format(new Date(instant));
}

export function formatDateTime(instant: string | null | undefined, { language, timeZone }: Locale): string {
  if (!instant) return EMPTY;
  if (Number.isNaN(Date.parse(instant))) return instant;
  const text = new Intl.DateTimeFormat(dateLanguage(language), {
    year: "numeric",
    month: "2-digit",
    day: "2-digit",
    hour: "2-digit",
    minute: "2-digit",
    hourCycle: "h23",
    timeZone,
  }).format(new Date(instant));
  return text.replace(", ", " ");
}

/** Things side by side, and sentences side by side, as each language separates them. */
export const joinList = (items: string[], { language }: Pick<Locale, "language">) =>
  items.join(language.startsWith("zh") ? "、" : ", ");
export const joinClauses = (items: string[], { language }: Pick<Locale, "language">) =>
  items.join(language.startsWith("zh") ? "；" : "; ");

export function formatBytes(size: number, locale: Locale): string {
  const units = ["B", "KB", "MB", "GB"];
  let at = 0;
  let value = size;
  while (value >= 1024 && at < units.length - 1) {
    value /= 1024;
    at += 1;
  }
  return `${formatNumber(value, locale, at === 0 ? 0 : 1)} ${units[at]}`;
}

/** Today as the chain's calendar shows it. */
export function todayIn(timeZone: string, now: Date = new Date()): string {
  return new Intl.DateTimeFormat("en-CA", {
    timeZone,
    year: "numeric",
    month: "2-digit",
    day: "2-digit",
  }).format(now);
}

export function addDays(date: string, days: number): string {
  return dayjs.utc(date).add(days, "day").format("YYYY-MM-DD");
}

/** A civil time in the chain's zone (`2026-03-08 09:30`) as an instant. */
export function instantOf(civil: string, timeZone: string): string {
  return dayjs.tz(civil, timeZone).toISOString();
}
