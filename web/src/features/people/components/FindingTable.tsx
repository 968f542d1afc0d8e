import { useTranslation } from "react-i18next";
import { useFormat } from "@/lib/useFormat";
import { byWeight, fullBar } from "../evidence";
import type { Finding } from "../reviewApi";

/** What two records were compared by, and how much each finding speaks for or against their being one person. */
export function FindingTable({ findings }: { findings: Finding[] }) {
  const { t } = useTranslation("people");
  const { pick } = useFormat();
  if (findings.length === 0) return <p className="soft">{t("review.no_findings")}</p>;
  const full = fullBar(findings);
  return (
    <>
      <table className="finding-table">
        <caption className="visually-hidden">{t("review.findings")}</caption>
        <thead>
          <tr>
            <th scope="col">{t("review.finding")}</th>
            <th scope="col">{t("review.strangers")}</th>
            <th scope="col">{t("review.relatives")}</th>
          </tr>
        </thead>
        <tbody>
          {byWeight(findings).map((finding) => (
            <tr key={finding.comparison}>
              <th scope="row">{pick(finding.text_zh, finding.text_en)}</th>
              <td>
                <Weight bits={finding.against_strangers} full={full} />
              </td>
              <td>
                <Weight bits={finding.against_relatives} full={full} />
              </td>
            </tr>
          ))}
        </tbody>
      </table>
      <p className="faint finding-scale">{t("review.scale")}</p>
    </>
  );
}

function Weight({ bits, full }: { bits: number; full: number }) {
  const { t } = useTranslation("people");
  const size = Math.abs(bits).toFixed(1);
  const against = bits < 0;
  const even = size === "0.0";
  const share = (Math.min(Math.abs(bits), full) / full) * 50;
  const words = even ? "neutral" : against ? "opposes" : "supports";
  return (
    <span className="weight">
      <span className="weight-bar" aria-hidden>
        {!even && (
          <i
            className={against ? "against" : ""}
            style={{ width: `${share}%`, left: against ? `${50 - share}%` : "50%" }}
          />
        )}
      </span>
      <span className="num" aria-hidden>
        {even ? "0" : `${against ? "−" : "+"}${size}`}
      </span>
      <span className="visually-hidden">{t(`review.${words}`, { bits: size })}</span>
    </span>
  );
}
