import { useParams } from "@tanstack/react-router";
import { Button } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { Schemas } from "@/lib/api";
import { pagesOf } from "@/lib/list";
import { Link, useUrlState } from "@/lib/navigation";
import { paths } from "@/lib/paths";
import { useFormat } from "@/lib/useFormat";
import { type Column, DataTable } from "@/ui/DataTable";
import { Page, Panel } from "@/ui/Page";
import { PersonTagReason } from "@/ui/PersonTagReason";
import { Empty, Loaded } from "@/ui/states";
import { type Tag, useTagPeople, useTags } from "../api";
import { Needs } from "../components/Needs";
import { TagTrend } from "../components/TagTrend";
import { ThresholdsDrawer } from "../components/ThresholdsDrawer";
import { ValueBars } from "../components/ValueBars";
import { WaitsFor } from "../components/WaitsFor";

type PersonRow = Schemas["TaggedPersonView"];

export function TagPage() {
  const { t } = useTranslation("profiles");
  const { id = "" } = useParams({ strict: false });
  const { pick } = useFormat();
  const tags = useTags();
  const tag = tags.data?.items.find((one) => one.id === id);
  const [open, setOpen] = useState(false);
  return (
    <Page
      title={tag ? pick(tag.name_zh, tag.name_en) : t("title")}
      back={<Link href={paths.tags()}>{t("title")}</Link>}
      actions={
        tag &&
        tag.thresholds.length > 0 && <Button onClick={() => setOpen(true)}>{t("thresholds.open")}</Button>
      }
    >
      <Loaded query={tags}>{() => (tag ? <TagBody tag={tag} /> : <Empty title={t("none")} />)}</Loaded>
      {open && tag && <ThresholdsDrawer tag={tag} onClose={() => setOpen(false)} />}
    </Page>
  );
}

function TagBody({ tag }: { tag: Tag }) {
  const { t } = useTranslation("profiles");
  const { pick, percent, list } = useFormat();
  const [{ value }] = useUrlState({ value: "" });
  const people = pagesOf(useTagPeople(tag.id, value));
  const known = tag.values.find((one) => one.value === value);
  const label = known ? pick(known.label_zh, known.label_en) || value : value;
  const link = (row: PersonRow) => <Link href={paths.person(row.id)}>{row.name || t("common:unnamed")}</Link>;
  const why = (row: PersonRow) => (
    <PersonTagReason
      personId={row.id}
      tag={tag.id}
      value={value}
      title={`${pick(tag.name_zh, tag.name_en)} · ${label}`}
    >
      <Button
        size="small"
        type="link"
        aria-label={t("common:tag.why_of", { name: row.name || t("common:unnamed") })}
      >
        {t("common:tag.why")}
      </Button>
    </PersonTagReason>
  );
  const columns: Column<PersonRow>[] = [
    { key: "name", title: t("name"), render: (_, row) => link(row) },
    { key: "phone", title: t("phone"), render: (_, row) => <span className="num">{row.phone}</span> },
    { key: "clinics", title: t("clinics"), render: (_, row) => list(row.clinics) },
    { key: "why", title: t("common:tag.why"), render: (_, row) => why(row) },
  ];
  return (
    <>
      <div className="grid-2">
        <Panel
          title={t("values")}
          extra={
            tag.people != null && (
              <span className="faint">
                {t("people", { count: tag.people })} · {t("coverage", { percent: percent(tag.coverage) })}
              </span>
            )
          }
        >
          <p className="soft" style={{ marginTop: 0 }}>
            {pick(tag.definition_zh, tag.definition_en)}
          </p>
          <ValueBars tag={tag} chosen={value} />
          <Needs tag={tag} />
        </Panel>
        <Panel title={value ? t("behind", { value: label }) : t("choose_value")} flush>
          {value ? (
            <DataTable
              list={people}
              columns={columns}
              rowKey={(row) => row.id}
              label={t("behind", { value: label })}
              empty={{ title: t("empty") }}
              card={(row) => (
                <div className="row between">
                  {link(row)}
                  <span>
                    <span className="num soft">{row.phone}</span> {why(row)}
                  </span>
                </div>
              )}
            />
          ) : (
            <Empty
              title={t(tag.waiting ? "waiting" : "choose_value")}
              action={tag.waiting && <WaitsFor tag={tag} />}
            />
          )}
        </Panel>
      </div>
      {!tag.waiting && <TagTrend tag={tag} />}
    </>
  );
}
