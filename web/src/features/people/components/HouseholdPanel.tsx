import { useTranslation } from "react-i18next";
import { Link } from "@/lib/navigation";
import { paths } from "@/lib/paths";
import { Chip } from "@/ui/Chip";
import { Panel } from "@/ui/Page";
import type { Person } from "../api";
import { useAbout } from "./useAbout";

export function HouseholdPanel({ person }: { person: Person }) {
  const { t } = useTranslation("people");
  const about = useAbout();
  const members = person.household?.members ?? [];
  return (
    <Panel title={t("household.title")}>
      {members.length === 0 ? (
        <span className="soft">{t("household.none")}</span>
      ) : (
        <ul className="plain-list stack tight">
          {members.map((member) => (
            <li key={member.person_id} className="row between">
              <span>
                {member.person_id === person.id ? (
                  <span className="strong">{member.name || t("common:unnamed")}</span>
                ) : (
                  <Link href={paths.person(member.person_id)}>{member.name || t("common:unnamed")}</Link>
                )}{" "}
                <span className="faint">{about(member)}</span>
              </span>
              <span className="row" style={{ gap: 4 }}>
                {member.role && (
                  <span className="faint">
                    {t(`household.roles.${member.role}`, { defaultValue: member.role })}
                  </span>
                )}
                {member.is_key_person && <Chip tone="accent">{t("household.key")}</Chip>}
              </span>
            </li>
          ))}
        </ul>
      )}
    </Panel>
  );
}
