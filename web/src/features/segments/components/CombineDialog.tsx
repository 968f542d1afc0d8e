import { Form, Input, Radio, Select } from "antd";
import { useTranslation } from "react-i18next";
import { useGo } from "@/lib/navigation";
import { paths } from "@/lib/paths";
import { problemMessage } from "@/lib/problem";
import { useRefresh } from "@/lib/queries";
import { useFormat } from "@/lib/useFormat";
import { FormDialog } from "@/ui/FormDialog";
import { useSubmit } from "@/ui/useSubmit";
import { combined, type Operation } from "../algebra";
import { createSegment, usePreview, useSegments } from "../api";

type Fields = { name: string; operation: Operation; segments: string[] };

/** Union, intersection or difference of segments as a new one, with the number of people as one chooses. */
export function CombineDialog({ segments, onClose }: { segments: string[]; onClose: () => void }) {
  const { t } = useTranslation("segments");
  const { pick } = useFormat();
  const [form] = Form.useForm<Fields>();
  const go = useGo();
  const refresh = useRefresh();
  const { busy, submit } = useSubmit();
  const all = useSegments(false).data?.items ?? [];
  const chosen = Form.useWatch("segments", form) ?? segments;
  const operation = Form.useWatch("operation", form) ?? "union";
  const save = ({ name, operation, segments }: Fields) =>
    submit(async () => {
      const { data } = await createSegment({
        name: name.trim(),
        description: "",
        rule: combined(operation, segments),
      });
      await refresh("/api/segments");
      if (data) go(paths.segment(data.id));
    }, t("saved"));
  return (
    <FormDialog<Fields>
      title={t("lists.combine_title")}
      busy={busy}
      form={form}
      initial={{ operation: "union", segments }}
      onSave={save}
      onClose={onClose}
    >
      <Form.Item name="operation" label={t("lists.operation")}>
        <Radio.Group
          options={(["union", "intersection", "difference"] as const).map((value) => ({
            value,
            label: t(`lists.operations.${value}`),
          }))}
        />
      </Form.Item>
      <Form.Item
        name="segments"
        label={t(operation === "difference" ? "lists.parts_difference" : "lists.parts")}
        rules={[{ required: true, type: "array", min: 2, message: t("lists.at_least_two") }]}
      >
        <Select
          mode="multiple"
          showSearch
          optionFilterProp="label"
          options={all.map((one) => ({ value: one.id, label: pick(one.name, one.name_en) }))}
        />
      </Form.Item>
      <Form.Item
        name="name"
        label={t("name")}
        rules={[{ required: true, whitespace: true, message: t("required") }]}
      >
        <Input maxLength={80} />
      </Form.Item>
      <RuleCount rule={combined(operation, chosen)} ready={chosen.length > 1} />
    </FormDialog>
  );
}

/** How many people a rule chooses now. */
export function RuleCount({ rule, ready }: { rule: Record<string, unknown>; ready: boolean }) {
  const { t } = useTranslation("segments");
  const { number } = useFormat();
  const preview = usePreview(rule, ready);
  if (!ready) return <span className="soft">{t("lists.at_least_two")}</span>;
  if (preview.error) return <span style={{ color: "var(--bad)" }}>{problemMessage(preview.error, t)}</span>;
  const count = preview.data?.count;
  return (
    <output aria-live="polite" data-testid="combined-count" data-settled={!preview.isFetching}>
      <span className="live-number num">{count === undefined ? "…" : number(count)}</span>{" "}
      <span className="faint">{t("lists.chosen_people")}</span>
    </output>
  );
}
