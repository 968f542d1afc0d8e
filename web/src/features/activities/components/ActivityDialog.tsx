import { Form, Input, Select } from "antd";
import { useTranslation } from "react-i18next";
import { $api, type Schemas } from "@/lib/api";
import { instantOf } from "@/lib/format";
import { useClinicOptions } from "@/lib/lookups";
import { useGo } from "@/lib/navigation";
import { paths } from "@/lib/paths";
import { useRefresh } from "@/lib/queries";
import { useFormat } from "@/lib/useFormat";
import { FormDialog } from "@/ui/FormDialog";
import { useSubmit } from "@/ui/useSubmit";
import { type Activity, createActivity, updateActivity } from "../api";
import { eightHours, onTheWall } from "../window";
import { TagRows } from "./TagRows";

type Fields = {
  name: string;
  place?: string;
  clinic?: string;
  starts: string;
  ends: string;
  list?: string;
  tags?: Schemas["ActivityTagView"][];
};

/** A new activity, or what may change about one. */
export function ActivityDialog({ activity, onClose }: { activity?: Activity; onClose: () => void }) {
  const { t } = useTranslation("activities");
  const { locale } = useFormat();
  const { timeZone } = locale;
  const { busy, submit } = useSubmit();
  const refresh = useRefresh();
  const go = useGo();
  const [starts, ends] = activity
    ? [onTheWall(activity.starts_at, timeZone), onTheWall(activity.ends_at, timeZone)]
    : eightHours(timeZone);
  const save = (fields: Fields) => {
    const seen = {
      name: fields.name.trim(),
      place: (fields.place ?? "").trim(),
      starts_at: instantOf(fields.starts.replace("T", " "), timeZone),
      ends_at: instantOf(fields.ends.replace("T", " "), timeZone),
    };
    const work = async () => {
      if (activity) await updateActivity(activity.id, seen);
      const made = activity
        ? undefined
        : await createActivity({
            ...seen,
            clinic_id: fields.clinic || null,
            list_id: fields.list ?? null,
            tags: fields.tags ?? [],
          });
      await refresh("/api/activities", "/api/segments");
      onClose();
      if (made) go(paths.activity(made.id));
    };
    return submit(work, t(activity ? "saved" : "made"));
  };
  return (
    <FormDialog<Fields>
      title={t(activity ? "edit_title" : "new")}
      busy={busy}
      initial={{ ...(activity ? { name: activity.name, place: activity.place } : {}), starts, ends }}
      onSave={save}
      onClose={onClose}
    >
      <Seen />
      {!activity && <Led />}
    </FormDialog>
  );
}

/** What visitors see. */
function Seen() {
  const { t } = useTranslation("activities");
  const required = [{ required: true, message: t("required") }];
  return (
    <>
      <Form.Item name="name" label={t("name")} rules={[{ ...required[0], whitespace: true }]}>
        <Input maxLength={40} />
      </Form.Item>
      <Form.Item name="place" label={t("place")} extra={t("place_hint")}>
        <Input maxLength={80} />
      </Form.Item>
      <div className="field-pair">
        <Form.Item name="starts" label={t("starts")} rules={required}>
          <Input type="datetime-local" />
        </Form.Item>
        <Form.Item name="ends" label={t("ends")} rules={required}>
          <Input type="datetime-local" />
        </Form.Item>
      </div>
    </>
  );
}

/** What attending leads to; it stays as it was made. */
function Led() {
  const { t } = useTranslation("activities");
  const { pick } = useFormat();
  const clinics = useClinicOptions();
  const { data } = $api.useQuery("get", "/api/segments", {});
  const lists = (data?.items ?? []).filter(({ list, archived }) => list && !archived);
  return (
    <>
      <Form.Item name="clinic" label={t("clinic")}>
        <Select allowClear placeholder={t("whole_chain")} options={clinics} />
      </Form.Item>
      <Form.Item name="list" label={t("list")} extra={t("list_hint")}>
        <Select
          allowClear
          showSearch
          optionFilterProp="label"
          options={lists.map((one) => ({ value: one.id, label: pick(one.name, one.name_en) }))}
        />
      </Form.Item>
      <TagRows />
    </>
  );
}
