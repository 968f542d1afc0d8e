import { Alert } from "antd";
import { useTranslation } from "react-i18next";
import { useFormat } from "@/lib/useFormat";
import { oddsOf } from "../evidence";
import type { Pair } from "../reviewApi";
import { FindingTable } from "./FindingTable";
import { PairTable } from "./PairTable";
import { useShare } from "./useShare";

/** Everything that speaks for and against two records being one person. */
export function Evidence({ pair }: { pair: Pair }) {
  const { t } = useTranslation("people");
  const { pick } = useFormat();
  const share = useShare();
  const { probability, otherwise, conflict } = pair;
  return (
    <div className="stack">
      <div className="verdict">
        <span className="strong">{t(`review.odds.${oddsOf(probability)}`)}</span>
        <span className="soft num">{t("review.chance", { percent: share(probability) })}</span>
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
