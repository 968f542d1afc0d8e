import { Alert } from "antd";
import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { Link } from "@/lib/navigation";
import { paths } from "@/lib/paths";
import { useReason } from "@/lib/useReason";
import { Guarded } from "@/ui/Guarded";
import { Page } from "@/ui/Page";
import { Loaded } from "@/ui/states";
import { usePerson } from "../api";
import { ConsentsPanel } from "../components/ConsentsPanel";
import { HouseholdPanel } from "../components/HouseholdPanel";
import { IdentityPanel } from "../components/IdentityPanel";
import { NotesPanel } from "../components/NotesPanel";
import { OwnerPanel } from "../components/OwnerPanel";
import { PersonHeader } from "../components/PersonHeader";
import { TimelinePanel } from "../components/TimelinePanel";

type PersonScreenProps = { id: string; tags: ReactNode; onNewTask: () => void };

export function PersonScreen({ id, tags, onNewTask }: PersonScreenProps) {
  const { t } = useTranslation("people");
  const reason = useReason();
  const person = usePerson(id);
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
            {data.redirected_from && <Alert type="info" showIcon title={t("redirected")} />}
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
