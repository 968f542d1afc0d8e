import { Button } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { pagesOf } from "@/lib/list";
import { Link } from "@/lib/navigation";
import { paths } from "@/lib/paths";
import { useFormat } from "@/lib/useFormat";
import { type Column, DataTable } from "@/ui/DataTable";
import { type Member, type Segment, useMembers } from "../api";
import { ChosenMembers } from "./ChosenMembers";
import { WhyDrawer } from "./WhyDrawer";

type MembersTabProps = { segment: Segment; onStarted: (action: string) => void };

export function MembersTab({ segment, onStarted }: MembersTabProps) {
  const { t } = useTranslation("segments");
  const { dateTime, list } = useFormat();
  const [asked, setAsked] = useState<Member>();
  const [chosen, setChosen] = useState<string[]>([]);
  const started = (action: string) => {
    setChosen([]);
    onStarted(action);
  };
  const link = (row: Member) => (
    <Link className="strong" href={paths.person(row.person.id)}>
      {row.person.name || t("common:unnamed")}
    </Link>
  );
  const why = (row: Member) => (
    <Button
      size="small"
      type="link"
      aria-label={t("why_of", { name: row.person.name || t("common:unnamed") })}
      onClick={() => setAsked(row)}
    >
      {t("why")}
    </Button>
  );
  const columns: Column<Member>[] = [
    { key: "name", title: t("person"), render: (_, row) => link(row) },
    { key: "phone", title: t("phone"), render: (_, row) => <span className="num">{row.person.phone}</span> },
    { key: "clinics", title: t("clinics"), render: (_, row) => list(row.person.clinics) },
    {
      key: "entered",
      title: t("entered_at"),
      render: (_, row) => <span className="num">{dateTime(row.since)}</span>,
    },
    { key: "why", title: t("why"), render: (_, row) => why(row) },
  ];
  return (
    <>
      {chosen.length > 0 && <ChosenMembers segment={segment} people={chosen} onStarted={started} />}
      <DataTable
        list={pagesOf(useMembers(segment))}
        columns={columns}
        rowKey={(row) => row.person.id}
        label={t("members")}
        selection={{
          keys: chosen,
          onChange: setChosen,
          label: (row) => t("common:choose", { name: row.person.name || t("common:unnamed") }),
        }}
        empty={
          segment.list
            ? { title: t("lists.no_people"), hint: t("lists.new_hint") }
            : { title: t("no_members") }
        }
        card={(row) => (
          <div className="row between">
            <span>
              {link(row)} <span className="num soft">{row.person.phone}</span>
            </span>
            {why(row)}
          </div>
        )}
      />
      {asked && <WhyDrawer segmentId={segment.id} member={asked} onClose={() => setAsked(undefined)} />}
    </>
  );
}
