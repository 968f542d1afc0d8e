import { CheckCircleOutlined, CloseCircleOutlined } from "@ant-design/icons";
import { Drawer } from "antd";
import { useTranslation } from "react-i18next";
import { Link } from "@/lib/navigation";
import { paths } from "@/lib/paths";
import { useFormat } from "@/lib/useFormat";
import { Loaded } from "@/ui/states";
import { type Member, useWhy } from "../api";

/** Clause by clause: what the rule asks, whether it holds for this person, and on how many events. */
export function WhyDrawer({
  segmentId,
  member,
  onClose,
}: {
  segmentId: string;
  member: Member;
  onClose: () => void;
}) {
  const { t } = useTranslation("segments");
  const { pick, dateTime } = useFormat();
  const why = useWhy(segmentId, member.person.id);
  const name = member.person.name || t("common:unnamed");
  return (
    <Drawer
      open
      onClose={onClose}
      size={460}
      title={t("why_of", { name })}
      aria-label={t("why_of", { name })}
    >
      <Loaded query={why}>
        {(data) => (
          <div className="stack">
            <span className="soft">{data.holds_now ? t("why_member") : t("why_not")}</span>
            <ul className="plain-list stack tight">
              {data.now.map((clause) => (
                <li key={clause.path} className="row top" style={{ flexWrap: "nowrap" }}>
                  {clause.holds ? (
                    <CheckCircleOutlined
                      aria-label={t("why_holds")}
                      style={{ color: "var(--good)", marginTop: 4 }}
                    />
                  ) : (
                    <CloseCircleOutlined
                      aria-label={t("why_fails")}
                      style={{ color: "var(--bad)", marginTop: 4 }}
                    />
                  )}
                  <span>
                    {pick(clause.text_zh, clause.text_en)}
                    {clause.found && <span className="soft"> · {clause.found}</span>}
                    {clause.events.length > 0 && (
                      <span className="faint"> · {t("why_events", { count: clause.events.length })}</span>
                    )}
                  </span>
                </li>
              ))}
            </ul>
            {data.until && <span className="faint">{t("why_until", { time: dateTime(data.until) })}</span>}
            <Link href={paths.person(member.person.id)}>{name}</Link>
          </div>
        )}
      </Loaded>
    </Drawer>
  );
}
