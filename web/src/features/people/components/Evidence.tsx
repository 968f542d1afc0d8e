import { Alert } from "antd";
import { useTranslation } from "react-i18next";
import { useFormat } from "@/lib/useFormat";
import { oddsOf } from "../evidence";
import type { Pair } from "../reviewApi";
import { FindingTable } from "./FindingTable";
import { PairTable } from "./PairTable";

/** A probability this near to one is not told as 100 %. */
const SURE = 0.999;

/** Everything that speaks for and against two records being one person. */
export function Evidence({ pair }: { pair: Pair }) {
  const { t } = useTranslation("people");
  const { pick, percent } = useFormat();
  const { probability, otherwise, conflict } = pair;
  const chance =
    probability > SURE
      ? `>${percent(SURE)}`
      : probability < 1 - SURE
        ? `<${percent(1 - SURE, 1)}`
        : percent(probability);
  return (
    <div className="stack">
      <div className="verdict">
        <span className="strong">{t(`review.odds.${oddsOf(probability)}`)}</span>
        <span className="soft num">{t("review.chance", { percent: chance })}</span>
        <span className="soft">
          {t("review.otherwise", { label: pick(otherwise.text_zh, otherwise.text_en) })}
        </span>
      </div>
      {conflict && <Alert type="warning" showIcon title={pick(conflict.text_zh, conflict.text_en)} />}
      <div className="evidence">
        <PairTable pair={pair} />
        <div>
          <FindingTable findings={pair.findings} />
        </div>
      </div>
    </div>
  );
}
