import { AutoComplete, Form, Select } from "antd";
import { useTranslation } from "react-i18next";
import { useFormat } from "@/lib/useFormat";

type Choice = { value: string; label_zh: string; label_en: string };
type Tag = { id: string; name_zh: string; name_en: string; form: string; values: Choice[] };
type Props = {
  tags: Tag[];
  labels: { tag: string; value: string; required: string };
  /** Another tag is chosen, so what was filled in for the one before is void. */
  onTag: () => void;
};

/** Which tag, and which of its values: two fields of a form, `tag` and `value`. */
export function TagFields({ tags, labels, onTag }: Props) {
  const { t } = useTranslation("common");
  const { pick } = useFormat();
  const tagId = Form.useWatch("tag");
  const chosen = tags.find(({ id }) => id === tagId);
  const rules = [{ required: true, message: labels.required }];
  return (
    <>
      <Form.Item name="tag" label={labels.tag} rules={rules}>
        <Select
          showSearch
          optionFilterProp="label"
          options={tags.map((tag) => ({ value: tag.id, label: pick(tag.name_zh, tag.name_en) }))}
          onChange={onTag}
        />
      </Form.Item>
      <Form.Item name="value" label={labels.value} rules={rules}>
        {chosen?.form === "flag" ? (
          <Select
            options={["true", "false"].map((value) => ({ value, label: t(value === "true" ? "yes" : "no") }))}
          />
        ) : (
          <AutoComplete
            options={(chosen?.values ?? []).map((one) => ({
              value: one.value,
              label: pick(one.label_zh, one.label_en) || one.value,
            }))}
          />
        )}
      </Form.Item>
    </>
  );
}
