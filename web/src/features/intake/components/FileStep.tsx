import { InboxOutlined } from "@ant-design/icons";
import { Upload as AntUpload, Input, Select, Spin } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { useRefresh } from "@/lib/queries";
import { Panel } from "@/ui/Page";
import { Loaded } from "@/ui/states";
import { useSubmit } from "@/ui/useSubmit";
import { createSource, type Upload, uploadFile, useSources } from "../api";

const NEW = "new";

/** Where the file comes from, and the file. */
export function FileStep({ onUploaded }: { onUploaded: (upload: Upload, sourceId: string) => void }) {
  const { t } = useTranslation("intake");
  const sources = useSources();
  const refresh = useRefresh();
  const { busy, submit } = useSubmit();
  const [chosen, setChosen] = useState<string>();
  const [name, setName] = useState("");
  return (
    <Loaded query={sources}>
      {({ items }) => {
        const files = items.filter(({ kind, disabled }) => kind === "file" && !disabled);
        const source = chosen ?? files[0]?.id ?? NEW;
        const ready = source !== NEW || name.trim() !== "";
        const take = (file: File) =>
          submit(async () => {
            const sourceId = source === NEW ? await newSource(name.trim()) : source;
            if (source === NEW) await refresh("/api/sources");
            setChosen(sourceId);
            const { data } = await uploadFile(file);
            if (data) onUploaded(data, sourceId);
          });
        return (
          <Panel>
            <div className="stack">
              <div className="row">
                <span className="soft">{t("mapping.source")}</span>
                <Select
                  aria-label={t("mapping.source")}
                  style={{ minWidth: 220 }}
                  value={source}
                  options={[
                    ...files.map((one) => ({ value: one.id, label: one.name })),
                    { value: NEW, label: t("mapping.make_source") },
                  ]}
                  onChange={setChosen}
                />
                {source === NEW && (
                  <Input
                    aria-label={t("mapping.new_source")}
                    placeholder={t("mapping.new_source")}
                    style={{ width: 220 }}
                    maxLength={60}
                    value={name}
                    onChange={({ target }) => setName(target.value)}
                  />
                )}
              </div>
              <Spin spinning={busy} description={t("mapping.uploading")}>
                <AntUpload.Dragger
                  accept=".csv,.txt,.xlsx"
                  showUploadList={false}
                  disabled={!ready || busy}
                  beforeUpload={(file) => {
                    void take(file);
                    return false;
                  }}
                >
                  <p className="ant-upload-drag-icon">
                    <InboxOutlined aria-hidden />
                  </p>
                  <p>{ready ? t("mapping.drop") : t("mapping.need_source")}</p>
                  <p className="faint">{t("mapping.drop_hint")}</p>
                </AntUpload.Dragger>
              </Spin>
            </div>
          </Panel>
        );
      }}
    </Loaded>
  );
}

async function newSource(name: string): Promise<string> {
  const { data } = await createSource({ name, kind: "file" });
  if (!data) throw new Error("the source was not made");
  return data.source.id;
}
