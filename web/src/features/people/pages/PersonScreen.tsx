import { Alert } from "antd";
import { type ReactNode, useEffect } from "react";
import { useTranslation } from "react-i18next";
import { Link, useGo, useUrlState } from "@/lib/navigation";
import { paths } from "@/lib/paths";
import { useReason } from "@/lib/useReason";
import { Guarded } from "@/ui/Guarded";
import { Page } from "@/ui/Page";
import { Loaded } from "@/ui/states";
import { type Person, usePerson } from "../api";
import { ConsentsPanel } from "../components/ConsentsPanel";
import { HouseholdPanel } from "../components/HouseholdPanel";
import { IdentityPanel } from "../components/IdentityPanel";
import { NotesPanel } from "../components/NotesPanel";
import { OwnerPanel } from "../components/OwnerPanel";
import { PersonHeader } from "../components/PersonHeader";
import { TimelinePanel } from "../components/TimelinePanel";
import { idsOf } from "../idHistory";

type PersonScreenProps = { id: string; tags: ReactNode; onNewTask: () => void };

export function PersonScreen({ id, tags, onNewTask }: PersonScreenProps) {
  const { t } = useTranslation("people");
  const reason = useReason();
  const person = usePerson(id);
  const from = useSentOn(person.data);
  const name = person.data ? person.data.name || t("common:unnamed") : t("title");
  return (
    <Page
      title={name}
      back={<Link href={paths.people()}>{t("title")}</Link>}
      actions={
        <Guarded reason={reason("tasks.work")} onClick={onNewTask}>
          {t("new_task")}
        </Guarded>
      }
    >
      <Loaded query={person}>
        {(data) => (
          <>
            {from && <Alert type="info" showIcon title={t("redirected", { id: from })} />}
            <PersonHeader person={data} tags={tags} />
            <div className="grid-side">
              <div className="stack">
                <TimelinePanel id={id} />
                <IdentityPanel person={data} />
              </div>
              <div className="stack">
                <HouseholdPanel person={data} />
                <OwnerPanel person={data} />
                <ConsentsPanel person={data} />
                <NotesPanel id={id} />
              </div>
            </div>
          </>
        )}
      </Loaded>
    </Page>
  );
}

/** Sends whoever opened an id that was merged away to the id that counts, and gives the one they came by. */
function useSentOn(person: Person | undefined): string {
  const go = useGo();
  const [{ from }] = useUrlState({ from: "" });
  useEffect(() => {
    if (person?.redirected_from)
      go(paths.person(person.id, { from: person.redirected_from }), { replace: true });
  }, [person, go]);
  return person && idsOf(person.records).has(from) ? from : "";
}
