import { useTranslation } from "react-i18next";
import { pagesOf } from "@/lib/list";
import { Link } from "@/lib/navigation";
import { paths } from "@/lib/paths";
import { useFormat } from "@/lib/useFormat";
import { type Column, DataTable } from "@/ui/DataTable";
import { type Activity, type Attendee, useAttendees } from "../api";

/** Who attended, the latest first. */
export function AttendeeTable({ activity }: { activity: Activity }) {
  const { t } = useTranslation("activities");
  const { dateTime, list } = useFormat();
  const link = ({ person }: Attendee) => (
    <Link className="strong" href={paths.person(person.id)}>
      {person.name || t("common:unnamed")}
    </Link>
  );
  const how = ({ origin }: Attendee) => t(origin === "qr" ? "origin.qr" : "origin.import");
  const columns: Column<Attendee>[] = [
    { key: "name", title: t("person"), render: (_, row) => link(row) },
    { key: "phone", title: t("phone"), render: (_, row) => <span className="num">{row.person.phone}</span> },
    { key: "clinics", title: t("clinics"), render: (_, row) => list(row.person.clinics) },
    { key: "how", title: t("how"), render: (_, row) => how(row) },
    { key: "at", title: t("at"), render: (_, row) => <span className="num">{dateTime(row.at)}</span> },
  ];
  return (
    <DataTable
      list={pagesOf(useAttendees(activity))}
      columns={columns}
      rowKey={(row) => row.person.id}
      label={t("attendees")}
      empty={{ title: t("no_attendees"), hint: t("no_attendees_hint") }}
      card={(row) => (
        <div className="row between">
          <span>
            {link(row)} <span className="num soft">{row.person.phone}</span>
          </span>
          <span className="num soft">{dateTime(row.at)}</span>
        </div>
      )}
    />
  );
}
