import { useState } from "react";
import { useTranslation } from "react-i18next";
import { pagesOf } from "@/lib/list";
import { Link } from "@/lib/navigation";
import { paths } from "@/lib/paths";
import { useFormat } from "@/lib/useFormat";
import { useReason } from "@/lib/useReason";
import { type Column, DataTable } from "@/ui/DataTable";
import { Guarded } from "@/ui/Guarded";
import { Page, Panel } from "@/ui/Page";
import { type Activity, useActivities } from "../api";
import { ActivityDialog } from "../components/ActivityDialog";
import { DoorChip } from "../components/DoorChip";

export function ActivitiesPage() {
  const { t } = useTranslation("activities");
  const { dateTime, number } = useFormat();
  const reason = useReason();
  const [making, setMaking] = useState(false);
  const link = (row: Activity) => (
    <Link className="strong" href={paths.activity(row.id)}>
      {row.name}
    </Link>
  );
  const columns: Column<Activity>[] = [
    { key: "name", title: t("name"), render: (_, row) => link(row) },
    { key: "place", title: t("place"), render: (_, row) => row.place },
    { key: "clinic", title: t("clinic"), render: (_, row) => row.clinic_name ?? t("whole_chain") },
    {
      key: "starts",
      title: t("window"),
      render: (_, row) => <span className="num">{dateTime(row.starts_at)}</span>,
    },
    { key: "door", title: t("state"), render: (_, row) => <DoorChip door={row.door} /> },
    {
      key: "attendees",
      title: t("attendees"),
      align: "right",
      render: (_, row) => <span className="num strong">{number(row.attendees)}</span>,
    },
  ];
  const make = (
    <Guarded type="primary" reason={reason("segments.edit")} onClick={() => setMaking(true)}>
      {t("new")}
    </Guarded>
  );
  return (
    <Page title={t("title")} sub={t("sub")} actions={make}>
      <Panel flush>
        <DataTable
          list={pagesOf(useActivities())}
          columns={columns}
          rowKey={(row) => row.id}
          label={t("title")}
          empty={{ title: t("empty"), hint: t("empty_hint") }}
          card={(row) => (
            <div className="stack tight">
              <div className="row between">
                {link(row)} <DoorChip door={row.door} />
              </div>
              <div className="row between soft">
                <span className="num">{dateTime(row.starts_at)}</span>
                <span className="num">
                  {t("people", { count: row.attendees, formatted: number(row.attendees) })}
                </span>
              </div>
            </div>
          )}
        />
      </Panel>
      {making && <ActivityDialog onClose={() => setMaking(false)} />}
    </Page>
  );
}
