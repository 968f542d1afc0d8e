import { type ReactNode, useState } from "react";
import { useTranslation } from "react-i18next";
import { pagesOf } from "@/lib/list";
import { Link, useUrlState } from "@/lib/navigation";
import { paths } from "@/lib/paths";
import { useFormat } from "@/lib/useFormat";
import { type Column, DataTable } from "@/ui/DataTable";
import { Page, Panel } from "@/ui/Page";
import { type PersonRow, usePeople } from "../api";
import { PeopleFilters } from "../components/PeopleFilters";
import { useAbout } from "../components/useAbout";

type PeoplePageProps = {
  /** What can be done with the people who were chosen. */
  chosen: (people: string[], onClear: () => void) => ReactNode;
};

export function PeoplePage({ chosen }: PeoplePageProps) {
  const { t } = useTranslation("people");
  const format = useFormat();
  const about = useAbout();
  const [filter, set] = useUrlState({ q: "", clinic_id: "", owner: "", sort: "" });
  const list = pagesOf(usePeople(filter));
  const [keys, setKeys] = useState<string[]>([]);
  const link = (row: PersonRow) => (
    <Link className="strong" href={paths.person(row.id)}>
      {row.name || t("common:unnamed")}
    </Link>
  );
  const columns: Column<PersonRow>[] = [
    {
      key: "name",
      title: t("name"),
      render: (_, row) => (
        <>
          {link(row)} <span className="faint nowrap">{about(row)}</span>
        </>
      ),
    },
    { key: "phone", title: t("phone"), render: (_, row) => <span className="num">{row.phone}</span> },
    { key: "clinics", title: t("clinics"), render: (_, row) => format.list(row.clinics) },
    { key: "owner", title: t("owner"), dataIndex: "owner_name" },
    {
      key: "records",
      title: t("records"),
      align: "right",
      render: (_, row) => <span className="num">{row.record_count}</span>,
    },
    {
      key: "last",
      title: t("last_event"),
      render: (_, row) => <span className="num">{format.date(row.last_event_at)}</span>,
    },
  ];
  return (
    <Page title={t("title")} sub={t("sub")}>
      <PeopleFilters filter={filter} onChange={set} />
      {chosen(keys, () => setKeys([]))}
      <Panel
        flush
        {...(list.total === undefined
          ? {}
          : {
              extra: (
                <span className="faint">
                  {t("count", { count: list.total, formatted: format.number(list.total) })}
                </span>
              ),
            })}
      >
        <DataTable
          list={list}
          columns={columns}
          rowKey={(row) => row.id}
          label={t("title")}
          selection={{
            keys,
            onChange: setKeys,
            label: (row) => t("common:choose", { name: row.name || t("common:unnamed") }),
          }}
          empty={{
            title: t("empty"),
            hint: t("empty_hint"),
            action: <Link href={paths.importNew()}>{t("import")}</Link>,
          }}
          card={(row) => (
            <div className="stack tight">
              <div className="row between">
                <span>
                  {link(row)} <span className="faint">{about(row)}</span>
                </span>
                <span className="num soft">{row.phone}</span>
              </div>
              <div className="faint">
                {[format.list(row.clinics), row.owner_name, format.date(row.last_event_at)]
                  .filter(Boolean)
                  .join(" · ")}
              </div>
            </div>
          )}
        />
      </Panel>
    </Page>
  );
}
