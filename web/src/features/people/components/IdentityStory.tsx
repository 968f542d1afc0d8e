import { useTranslation } from "react-i18next";
import type { Schemas } from "@/lib/api";
import { useStaffOptions } from "@/lib/lookups";
import { useFormat } from "@/lib/useFormat";

type Identity = Schemas["IdentityView"];
type Decision = Identity["decisions"][number];

/** One decision stands for all pairs of records that were decided in the same stroke. */
function decidedTogether(decisions: Decision[]): Decision[] {
  const strokes = new Map(
    decisions.map((one) => [`${one.kind}\u0000${one.created_at}\u0000${one.reason}`, one]),
  );
  return [...strokes.values()];
}

/** In sentences: what tied the records together, and who decided otherwise. */
export function IdentityStory({ identity }: { identity: Identity }) {
  const { t } = useTranslation("people");
  const { pick, dateTime } = useFormat();
  const names = new Map(identity.records.map((row) => [row.id, `${row.source_name} ${row.source_key}`]));
  const staff = new Map(useStaffOptions().map(({ value, label }) => [value, label]));
  const decisions = decidedTogether(identity.decisions);
  return (
    <div className="stack tight">
      {identity.links.length > 0 && (
        <div>
          <h3 className="faint">{t("identity.why")}</h3>
          <ul className="plain-list">
            {identity.links.map((link) => (
              <li key={`${link.a}${link.b}${link.rule}`}>
                <span className="soft">
                  {names.get(link.a) ?? link.a} ↔ {names.get(link.b) ?? link.b}
                </span>{" "}
                {pick(link.reason_zh, link.reason_en)}
              </li>
            ))}
          </ul>
        </div>
      )}
      <div>
        <h3 className="faint">{t("identity.history")}</h3>
        {decisions.length === 0 ? (
          <span className="soft">{t("identity.no_history")}</span>
        ) : (
          <ul className="plain-list">
            {decisions.map((one) => (
              <li key={one.id}>
                <span className="strong">
                  {t(`identity.decision_${one.kind}`, { defaultValue: one.kind })}
                </span>{" "}
                {one.reason}{" "}
                <span className="faint">
                  {staff.get(one.actor) ?? t("identity.automatic")} ·{" "}
                  <span className="num">{dateTime(one.created_at)}</span>
                  {one.withdrawn_at && ` · ${t("identity.withdrawn")}`}
                </span>
              </li>
            ))}
          </ul>
        )}
      </div>
    </div>
  );
}
