import { Alert } from "antd";
import { useTranslation } from "react-i18next";
import { useFormat } from "@/lib/useFormat";
import { oddsOf } from "../evidence";
import type { Pair } from "../reviewApi";
import { FindingTable } from "./FindingTable";
import { PairTable } from "./PairTable";
import { useShare } from "./useShare";

/** The server rounds; evidence is never more certain than this, either way. */
const NEVER_SURE = 0.000_01;

/** Everything that speaks for and against two records being one person. */
export function Evidence({ pair }: { pair: Pair }) {
  const { t } = useTranslation("people");
  const { pick } = useFormat();
  const share = useShare();
  const { probability, otherwise, conflict } = pair;
  const chance = Math.min(Math.max(probability, NEVER_SURE), 1 - NEVER_SURE);
  return (
    <div className="stack">
      <div className="verdict">
        <span className="strong">{t(`review.odds.${oddsOf(probability)}`)}</span>
        <span className="soft num">{t("review.chance", { percent: share(chance) })}</span>
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
