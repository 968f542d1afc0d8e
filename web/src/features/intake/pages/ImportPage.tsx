import { useParams } from "@tanstack/react-router";
import { Alert, Button, Progress } from "antd";
import { useTranslation } from "react-i18next";
import { Link, useGo } from "@/lib/navigation";
import { files, paths } from "@/lib/paths";
import { useRefresh } from "@/lib/queries";
import { useFormat } from "@/lib/useFormat";
import { useReason } from "@/lib/useReason";
import { Guarded } from "@/ui/Guarded";
import { Page, Panel } from "@/ui/Page";
import { Loaded } from "@/ui/states";
import { useConfirm } from "@/ui/useConfirm";
import { useSubmit } from "@/ui/useSubmit";
import { cancelImport, type ImportRun, resumeImport } from "../api";
import { ImportState } from "../components/ImportState";
import { isOver, useImportRun } from "../components/useImportRun";
import { WarningTable } from "../components/WarningTable";

export function ImportPage() {
  const { t } = useTranslation("intake");
  const { id = "" } = useParams({ strict: false });
  const run = useImportRun(id);
  return (
    <Page
      title={run.data?.file_name ?? t("imports.title")}
      back={<Link href={paths.imports()}>{t("imports.title")}</Link>}
      sub={run.data?.source_name}
      actions={run.data && <Actions run={run.data} />}
    >
      <Loaded query={run}>{(data) => <Body run={data} />}</Loaded>
    </Page>
  );
}

function Actions({ run }: { run: ImportRun }) {
  const { t } = useTranslation("intake");
  const go = useGo();
  const confirm = useConfirm();
  const reason = useReason();
  const closed = reason("intake.run");
  const refresh = useRefresh();
  const { busy, submit } = useSubmit();
  const cancel = () =>
    confirm({
      title: t("imports.cancel_title"),
      content: t("imports.cancel_hint"),
      ok: t("imports.cancel"),
      danger: true,
      run: async () => {
        await cancelImport(run.id);
        await refresh("/api/imports");
      },
    });
  const downloadRows = () =>
    confirm({
      title: t("imports.download_rows"),
      content: t("imports.rows_hint"),
      ok: t("imports.download_rows"),
      reason: { label: t("imports.rows_reason"), placeholder: t("imports.rows_placeholder") },
      run: async (why) => window.location.assign(files.importRejects(run.id, why)),
    });
  const resume = async () => {
    if (await submit(() => resumeImport(run.id), t("imports.resumed"))) await refresh("/api/imports");
  };
  return (
    <>
      {!isOver(run) && (
        <Guarded reason={closed} onClick={cancel}>
          {t("imports.cancel")}
        </Guarded>
      )}
      {(run.state === "cancelled" || run.state === "failed") && (
        <Guarded type="primary" reason={closed} loading={busy} onClick={() => void resume()}>
          {t("imports.resume")}
        </Guarded>
      )}
      {run.rejected > 0 && isOver(run) && (
        <>
          <Button href={files.importRejects(run.id)} download>
            {t("imports.download_rejects")}
          </Button>
          <Guarded reason={reason("people.reveal")} onClick={downloadRows}>
            {t("imports.download_rows")}
          </Guarded>
        </>
      )}
      {run.state === "done" && (
        <Button type="primary" onClick={() => go(paths.people())}>
          {t("imports.see_people")}
        </Button>
      )}
    </>
  );
}

function Body({ run }: { run: ImportRun }) {
  const { t } = useTranslation("intake");
  const { number, dateTime } = useFormat();
  const percent = run.rows_total
    ? Math.min(100, Math.floor((run.rows_read / run.rows_total) * 100))
    : run.state === "done"
      ? 100
      : 0;
  const read = number(run.rows_read);
  const counts = ["inserted", "updated", "unchanged", "rejected", "warned"] as const;
  return (
    <>
      {run.error && (
        <Alert type="error" showIcon title={t("imports.failed")} description={run.error.message} />
      )}
      <Panel title={t("imports.progress")} extra={<ImportState state={run.state} />}>
        <div aria-live="polite">
          <Progress
            percent={percent}
            aria-label={t("imports.progress")}
            status={run.state === "failed" ? "exception" : run.state === "running" ? "active" : "normal"}
          />
          <div className="num soft">
            {run.rows_total
              ? t("imports.read_of", { read, total: number(run.rows_total) })
              : t("imports.read_only", { read })}
          </div>
        </div>
        <dl className="counts">
          {counts.map((name) => (
            <div key={name}>
              <dt>{t(`imports.${name}`)}</dt>
              <dd className="num" data-count={name}>
                {number(run[name])}
              </dd>
            </div>
          ))}
        </dl>
        <div className="faint">
          {t("imports.started")} <span className="num">{dateTime(run.started_at)}</span> ·{" "}
          {t("imports.finished")} <span className="num">{dateTime(run.finished_at)}</span>
        </div>
      </Panel>
      {run.warnings.length > 0 && (
        <Panel flush title={t("mapping.warning_list")}>
          <WarningTable rows={run.warnings} />
        </Panel>
      )}
    </>
  );
}
