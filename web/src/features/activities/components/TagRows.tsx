import { MinusCircleOutlined, PlusOutlined } from "@ant-design/icons";
import { AutoComplete, Button, Form, Select } from "antd";
import { useTranslation } from "react-i18next";
import { $api } from "@/lib/api";
import { useFormat } from "@/lib/useFormat";

/** Tags for whoever attends: as many rows of tag and value as are wanted. */
export function TagRows() {
  const { t } = useTranslation("activities");
  return (
    <Form.List name="tags">
      {(rows, { add, remove }) => (
        <Form.Item label={t("tags")}>
          <div style={{ display: "grid", gap: 8 }}>
            {rows.map(({ key, name }) => (
              <TagRow key={key} row={name} onRemove={() => remove(name)} />
            ))}
            <Button type="dashed" block icon={<PlusOutlined aria-hidden />} onClick={() => add({})}>
              {t("add_tag")}
            </Button>
          </div>
        </Form.Item>
      )}
    </Form.List>
  );
}

function TagRow({ row, onRemove }: { row: number; onRemove: () => void }) {
  const { t } = useTranslation("activities");
  const { pick } = useFormat();
  const form = Form.useFormInstance();
  const { data } = $api.useQuery("get", "/api/tags", {});
  const tags = (data?.items ?? []).filter(({ settable }) => settable);
  const tag = Form.useWatch(["tags", row, "tag"], form);
  const chosen = tags.find(({ id }) => id === tag);
  const rules = [{ required: true, message: t("required") }];
  const yes = [{ value: "true", label: t("common:yes") }];
  const values = (chosen?.values ?? []).map((one) => ({
    value: one.value,
    label: pick(one.label_zh, one.label_en) || one.value,
  }));
  return (
    <div className="row top" style={{ flexWrap: "nowrap" }}>
      <Form.Item name={[row, "tag"]} rules={rules} className="grow" style={{ margin: 0 }}>
        <Select
          aria-label={t("tag")}
          placeholder={t("tag")}
          showSearch
          optionFilterProp="label"
          options={tags.map((tag) => ({ value: tag.id, label: pick(tag.name_zh, tag.name_en) }))}
          onChange={() => form.setFieldValue(["tags", row, "value"], undefined)}
        />
      </Form.Item>
      <Form.Item name={[row, "value"]} rules={rules} className="grow" style={{ margin: 0 }}>
        {chosen?.form === "flag" ? (
          <Select aria-label={t("value")} placeholder={t("value")} options={yes} />
        ) : (
          <AutoComplete aria-label={t("value")} placeholder={t("value")} options={values} />
        )}
      </Form.Item>
      <Button
        type="text"
        aria-label={t("remove_tag")}
        icon={<MinusCircleOutlined aria-hidden />}
        onClick={onRemove}
      />
    </div>
  );
}
