import { Button } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { Schemas } from "@/lib/api";
import { useFormat } from "@/lib/useFormat";
import { DecisionList } from "./DecisionList";
import { EvidenceDialog } from "./EvidenceDialog";
import { IdHistory } from "./IdHistory";

type Identity = Schemas["IdentityView"];
type Link = Identity["links"][number];

/** In sentences: what tied the records together, who decided otherwise, and what became of the ids. */
export function IdentityStory({ identity }: { identity: Identity }) {
  const { t } = useTranslation("people");
  const { pick } = useFormat();
  const [shown, show] = useState<Link>();
  const names = new Map(identity.records.map((row) => [row.id, `${row.source_name} ${row.source_key}`]));
  const named = (id: string) => names.get(id) ?? id;
  return (
    <div className="stack tight">
      {identity.links.length > 0 && (
        <div>
          <h3 className="faint">{t("identity.why")}</h3>
          <ul className="plain-list">
            {identity.links.map((link) => (
              <li key={`${link.a}${link.b}${link.rule}`} className="story-line">
                <span>
                  <span className="soft">
                    {named(link.a)} ↔ {named(link.b)}
                  </span>{" "}
                  {pick(link.reason_zh, link.reason_en)}
                </span>
                <Button
                  type="link"
                  size="small"
                  aria-label={t("review.evidence_of", { a: named(link.a), b: named(link.b) })}
                  onClick={() => show(link)}
                >
                  {t("review.evidence")}
                </Button>
              </li>
            ))}
          </ul>
        </div>
      )}
      <div>
        <h3 className="faint">{t("identity.history")}</h3>
        <DecisionList decisions={identity.decisions} />
      </div>
      <div>
        <h3 className="faint">{t("ids.title")}</h3>
        <IdHistory identity={identity} />
      </div>
      {shown && <EvidenceDialog a={shown.a} b={shown.b} onClose={() => show(undefined)} />}
    </div>
  );
}
