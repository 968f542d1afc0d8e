import { EyeOutlined } from "@ant-design/icons";
import { type ReactNode, useState } from "react";
import { useTranslation } from "react-i18next";
import type { Schemas } from "@/lib/api";
import { useFormat } from "@/lib/useFormat";
import { useReason } from "@/lib/useReason";
import { Guarded } from "@/ui/Guarded";
import { Panel } from "@/ui/Page";
import { useConfirm } from "@/ui/useConfirm";
import { type Person, reveal } from "../api";
import { RecordsLine } from "./RecordsLine";
import { useAbout } from "./useAbout";

type Clear = Schemas["RevealedView"];

/** Who it is: name, age, contacts (masked until asked for with a reason) and tags. */
export function PersonHeader({ person, tags }: { person: Person; tags: ReactNode }) {
  const { t } = useTranslation("people");
  const { date } = useFormat();
  const reason = useReason();
  const about = useAbout();
  const confirm = useConfirm();
  const [clear, setClear] = useState<Clear>();
  const name = person.name || t("common:unnamed");
  const ask = () =>
    confirm({
      title: t("reveal_title", { name }),
      content: t("reveal_hint"),
      ok: t("reveal"),
      reason: { label: t("reveal_reason"), placeholder: t("reveal_placeholder") },
      run: async (why) => {
        const { data } = await reveal(person.id, { fields: ["phone", "email"], reason: why });
        setClear(data);
      },
    });
  return (
    <Panel>
      <div className="stack tight">
        <div className="row" style={{ gap: "4px 20px" }}>
          <span className="soft">{about(person)}</span>
          {person.birth_date && (
            <span>
              <span className="faint">{t("birth_date")}</span>{" "}
              <span className="num">{date(person.birth_date)}</span>
            </span>
          )}
          {person.phones.map((phone) => (
            <span key={`${phone.role}${phone.masked}`} className="num">
              {phone.masked}{" "}
              <span className="faint">{t(`phone_roles.${phone.role}`, { defaultValue: phone.role })}</span>
            </span>
          ))}
          {person.emails_masked.map((email) => (
            <span key={email}>{email}</span>
          ))}
          {(person.phones.length > 0 || person.emails_masked.length > 0) && !clear && (
            <Guarded
              size="small"
              icon={<EyeOutlined aria-hidden />}
              reason={reason("people.reveal")}
              onClick={ask}
            >
              {t("reveal")}
            </Guarded>
          )}
        </div>
        {clear && (
          <section className="row" aria-label={t("revealed")} style={{ gap: "4px 20px" }}>
            <span className="faint">{t("revealed")}</span>
            {clear.values.flatMap(({ field, values }) =>
              values.map((value) => (
                <a
                  key={`${field}${value}`}
                  className="num strong"
                  href={field === "email" ? `mailto:${value}` : `tel:${value}`}
                >
                  {value}
                </a>
              )),
            )}
          </section>
        )}
        <RecordsLine person={person} />
        {tags}
      </div>
    </Panel>
  );
}
