import { InboxOutlined } from "@ant-design/icons";
import { Alert, Modal, Upload } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { useFormat } from "@/lib/useFormat";
import { useSubmit } from "./useSubmit";

type Lines = { count: number; first: number[] };
type Report = {
  rows: number;
  people: number;
  not_found: Lines;
  ambiguous: Lines;
  unreadable: Lines;
  repeated: Lines;
};

/** Chinese spreadsheets still save GB18030; a file that is no UTF-8 is read as that. */
async function textOf(file: File): Promise<string> {
  const bytes = await file.arrayBuffer();
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    return new TextDecoder("gb18030").decode(bytes);
  }
}

type Props = {
  title: string;
  /** Tells what the rows of a file lead to; writes nothing. */
  check: (text: string) => Promise<Report>;
  run: (text: string) => Promise<unknown>;
  onClose: () => void;
};

/** A file of ids or phones: first what it would do, line by line, then doing it. */
export function RowsDialog({ title, check, run, onClose }: Props) {
  const { t } = useTranslation();
  const { number } = useFormat();
  const { busy, submit } = useSubmit();
  const [read, setRead] = useState<{ name: string; text: string; report: Report }>();
  const look = (file: File) =>
    submit(async () => {
      const text = await textOf(file);
      setRead({ name: file.name, text, report: await check(text) });
    });
  const start = () =>
    submit(async () => {
      if (!read) return;
      await run(read.text);
      onClose();
    });
  const people = read?.report.people ?? 0;
  return (
    <Modal
      open
      title={title}
      okText={people > 0 ? t("rows.people", { count: people, formatted: number(people) }) : t("rows.import")}
      okButtonProps={{ disabled: people === 0, loading: busy }}
      cancelText={t("action.cancel")}
      onOk={() => void start()}
      onCancel={onClose}
    >
      <div className="stack">
        <Upload.Dragger
          accept=".csv,.txt,.tsv"
          showUploadList={false}
          beforeUpload={(file) => {
            void look(file);
            return false;
          }}
        >
          <p>
            <InboxOutlined aria-hidden style={{ fontSize: 28, color: "var(--accent)" }} />
          </p>
          <p>{read?.name ?? t("rows.choose")}</p>
          <p className="faint">{t("rows.hint")}</p>
        </Upload.Dragger>
        {read && <RowsReport report={read.report} />}
      </div>
    </Modal>
  );
}

/** What the rows of a file lead to. It names lines, never what stands in them. */
export function RowsReport({ report }: { report: Report }) {
  const { t } = useTranslation();
  const { number, list } = useFormat();
  const kinds = ["not_found", "ambiguous", "unreadable", "repeated"] as const;
  return (
    <div className="stack tight" aria-live="polite">
      <Alert
        type={report.people > 0 ? "success" : "warning"}
        showIcon
        title={t("rows.matched", { people: number(report.people), rows: number(report.rows) })}
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
                  {t(`rows.outcomes.${kind}`, { count, formatted: number(count) })}
                </span>{" "}
                <span className="faint">{t("rows.lines", { lines })}</span>
              </li>
            );
          })}
      </ul>
    </div>
  );
}
