import { InboxOutlined } from "@ant-design/icons";
import { Alert, Modal, Upload } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { useFormat } from "@/lib/useFormat";
import { useSubmit } from "@/ui/useSubmit";
import { checkRows, importRows, type RowsReport } from "../listApi";

/** Chinese spreadsheets still save GB18030; a file that is no UTF-8 is read as that. */
async function textOf(file: File): Promise<string> {
  const bytes = await file.arrayBuffer();
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    return new TextDecoder("gb18030").decode(bytes);
  }
}

type Props = { list: string; onStarted: (action: string) => void; onClose: () => void };

/** A file of ids or phones: first what it would do, line by line, then doing it. */
export function ImportDialog({ list, onStarted, onClose }: Props) {
  const { t } = useTranslation("segments");
  const { number } = useFormat();
  const { busy, submit } = useSubmit();
  const [read, setRead] = useState<{ name: string; text: string; report: RowsReport }>();
  const check = (file: File) =>
    submit(async () => {
      const text = await textOf(file);
      setRead({ name: file.name, text, report: await checkRows(text) });
    });
  const run = () =>
    submit(async () => {
      if (!read) return;
      const action = await importRows(list, read.text);
      onClose();
      onStarted(action.id);
    });
  const people = read?.report.people ?? 0;
  return (
    <Modal
      open
      title={t("lists.import_title")}
      okText={
        people > 0
          ? t("lists.import_people", { count: people, formatted: number(people) })
          : t("lists.import")
      }
      okButtonProps={{ disabled: people === 0, loading: busy }}
      cancelText={t("common:action.cancel")}
      onOk={() => void run()}
      onCancel={onClose}
    >
      <div className="stack">
        <Upload.Dragger
          accept=".csv,.txt,.tsv"
          showUploadList={false}
          beforeUpload={(file) => {
            void check(file);
            return false;
          }}
        >
          <p>
            <InboxOutlined aria-hidden style={{ fontSize: 28, color: "var(--accent)" }} />
          </p>
          <p>{read?.name ?? t("lists.import_choose")}</p>
          <p className="faint">{t("lists.import_hint")}</p>
        </Upload.Dragger>
        {read && <Report report={read.report} />}
      </div>
    </Modal>
  );
}

/** What the rows of a file lead to. It names lines, never what stands in them. */
export function Report({ report }: { report: RowsReport }) {
  const { t } = useTranslation("segments");
  const { number, list } = useFormat();
  const kinds = ["not_found", "ambiguous", "unreadable", "repeated"] as const;
  return (
    <div className="stack tight" aria-live="polite">
      <Alert
        type={report.people > 0 ? "success" : "warning"}
        showIcon
        title={t("lists.matched", { people: number(report.people), rows: number(report.rows) })}
      />
      <ul className="plain-list stack tight">
        {kinds
          .filter((kind) => report[kind].count > 0)
          .map((kind) => {
            const { count, first } = report[kind];
            const lines = list(first.slice(0, 20).map(String)) + (count > 20 ? " …" : "");
            return (
              <li key={kind}>
                <span className="strong">
                  {t(`lists.outcomes.${kind}`, { count, formatted: number(count) })}
                </span>{" "}
                <span className="faint">{t("lists.lines", { lines })}</span>
              </li>
            );
          })}
      </ul>
    </div>
  );
}
