import { Drawer, Form, Input } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { Schemas } from "@/lib/api";
import { pagesOf } from "@/lib/list";
import { Link, useGo } from "@/lib/navigation";
import { paths } from "@/lib/paths";
import { useRefresh } from "@/lib/queries";
import { useFormat } from "@/lib/useFormat";
import { useReason } from "@/lib/useReason";
import { type Column, DataTable } from "@/ui/DataTable";
import { FormDialog } from "@/ui/FormDialog";
import { Guarded } from "@/ui/Guarded";
import { useSubmit } from "@/ui/useSubmit";
import { exactly } from "../algebra";
import { createSegment } from "../api";
import { useRegionPeople } from "../listApi";

type PersonRow = Schemas["SegmentPersonView"];
type Props = { title: string; inside: string[]; outside: string[]; count: number; onClose: () => void };

/** The people behind one combination of segments, which can become a segment of its own. */
export function RegionDrawer({ title, inside, outside, count, onClose }: Props) {
  const { t } = useTranslation("segments");
  const { list, number } = useFormat();
  const reason = useReason();
  const [saving, setSaving] = useState(false);
  const link = (row: PersonRow) => (
    <Link className="strong" href={paths.person(row.id)}>
      {row.name || t("common:unnamed")}
    </Link>
  );
  const columns: Column<PersonRow>[] = [
    { key: "name", title: t("person"), render: (_, row) => link(row) },
    { key: "phone", title: t("phone"), render: (_, row) => <span className="num">{row.phone}</span> },
    { key: "clinics", title: t("clinics"), render: (_, row) => list(row.clinics) },
  ];
  const heading = t("lists.region_title", { names: title });
  return (
    <Drawer
      open
      size={560}
      title={heading}
      aria-label={heading}
      onClose={onClose}
      extra={
        <Guarded type="primary" reason={reason("segments.edit")} onClick={() => setSaving(true)}>
          {t("lists.save_segment")}
        </Guarded>
      }
    >
      <div className="soft">
        {t("people", { count, formatted: number(count) })}
        {outside.length > 0 && ` · ${t("lists.in_no_other")}`}
      </div>
      <DataTable
        list={pagesOf(useRegionPeople(inside, outside))}
        columns={columns}
        rowKey={(row) => row.id}
        label={heading}
        empty={{ title: t("no_members") }}
        card={(row) => (
          <div className="row between">
            {link(row)}
            <span className="num soft">{row.phone}</span>
          </div>
        )}
      />
      {saving && <SaveDialog rule={exactly(inside, outside)} name={title} onClose={() => setSaving(false)} />}
    </Drawer>
  );
}

type Named = { name: string };
type SaveProps = { rule: Record<string, unknown>; name: string; onClose: () => void };

function SaveDialog({ rule, name, onClose }: SaveProps) {
  const { t } = useTranslation("segments");
  const go = useGo();
  const refresh = useRefresh();
  const { busy, submit } = useSubmit();
  const save = ({ name }: Named) =>
    submit(async () => {
      const { data } = await createSegment({ name: name.trim(), description: "", rule });
      await refresh("/api/segments");
      if (data) go(paths.segment(data.id));
    }, t("saved"));
  return (
    <FormDialog<Named>
      title={t("lists.save_segment")}
      busy={busy}
      initial={{ name: name.slice(0, 80) }}
      onSave={save}
      onClose={onClose}
    >
      <Form.Item
        name="name"
        label={t("name")}
        rules={[{ required: true, whitespace: true, message: t("required") }]}
      >
        <Input maxLength={80} />
      </Form.Item>
    </FormDialog>
  );
}
