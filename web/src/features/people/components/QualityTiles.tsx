import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { Link } from "@/lib/navigation";
import { paths } from "@/lib/paths";
import { useFormat } from "@/lib/useFormat";
import { duplicateRate } from "../quality";
import type { Quality } from "../reviewApi";

/** How many records make how many people, what is open, and how often the program is right. */
export function QualityTiles({ quality }: { quality: Quality }) {
  const { t } = useTranslation("people");
  const { number, percent } = useFormat();
  const { records, persons, doubts, checked } = quality;
  const samples = paths.identityReview({ tab: "samples" });
  const tiles: { label: string; value: string; below: ReactNode }[] = [
    { label: t("quality.records"), value: number(records), below: null },
    { label: t("quality.persons"), value: number(persons), below: null },
    {
      label: t("quality.duplicates"),
      value: percent(duplicateRate(quality)),
      below: t("quality.duplicates_hint", { formatted: number(records - persons) }),
    },
    {
      label: t("quality.doubts"),
      value: number(doubts),
      below:
        doubts > 0 ? (
          <Link href={paths.identityReview()}>{t("quality.doubts_link")}</Link>
        ) : (
          t("quality.doubts_hint")
        ),
    },
    {
      label: t("quality.precision"),
      value: percent(checked.precision),
      below: (
        <>
          {checked.precision == null
            ? t("quality.unchecked")
            : t("quality.interval", {
                low: percent(checked.low),
                high: percent(checked.high),
                checked: number(checked.right + checked.wrong),
              })}{" "}
          <Link href={samples}>{t("quality.check")}</Link>
        </>
      ),
    },
  ];
  return (
    <ul className="tiles five">
      {tiles.map(({ label, value, below }) => (
        <li key={label} className="tile">
          <div className="label">{label}</div>
          <div className="value">{value}</div>
          {below && <div className="change soft text">{below}</div>}
        </li>
      ))}
    </ul>
  );
}
