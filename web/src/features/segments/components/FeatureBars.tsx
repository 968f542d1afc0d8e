import { useTranslation } from "react-i18next";
import { Link } from "@/lib/navigation";
import { paths } from "@/lib/paths";
import { useFormat } from "@/lib/useFormat";
import type { Lookalike } from "../listApi";

type Feature = Lookalike["features"][number];

/** Tag and value as one label; a flag is its tag alone. */
export function useFeatureName() {
  const { pick } = useFormat();
  return (feature: Feature) => {
    const tag = pick(feature.name_zh, feature.name_en) || feature.tag;
    const value = pick(feature.label_zh, feature.label_en) || feature.value;
    return feature.value === "true" ? tag : `${tag} · ${value}`;
  };
}

/** Two bars a value: how many of the members have it, and how many of the others. */
export function FeatureBars({ features }: { features: Feature[] }) {
  const { t } = useTranslation("segments");
  const { percent, number } = useFormat();
  const name = useFeatureName();
  return (
    <ul className="plain-list feature-bars">
      {features.map((feature) => (
        <li key={`${feature.tag}=${feature.value}`}>
          <div className="row between">
            <Link href={paths.tag(feature.tag, { value: feature.value })}>{name(feature)}</Link>
            <span className="nowrap" title={t("lists.weight")}>
              <span className="num strong">{t("lists.lift", { lift: number(feature.lift, 1) })}</span>{" "}
              <span className={feature.bits < 0 ? "num down" : "num soft"}>
                {feature.bits > 0 ? "+" : ""}
                {t("lists.bits", { bits: number(feature.bits, 1) })}
              </span>
            </span>
          </div>
          {[
            ["members", feature.members, feature.members_share] as const,
            ["others", feature.others, feature.others_share] as const,
          ].map(([who, count, share]) => (
            <div key={who} className={`pair ${who}`}>
              <span className="faint">{t(`lists.alike_${who}`)}</span>
              <span className="bar" aria-hidden>
                <i style={{ width: `${100 * share}%` }} />
              </span>
              <span className="num">{percent(share)}</span>
              <span className="num faint">{number(count)}</span>
            </div>
          ))}
        </li>
      ))}
    </ul>
  );
}
