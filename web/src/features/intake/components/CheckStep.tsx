import { useQuery } from "@tanstack/react-query";
import { Alert, Button } from "antd";
import { useTranslation } from "react-i18next";
import { wholeList } from "@/lib/list";
import { useGo } from "@/lib/navigation";
import { paths } from "@/lib/paths";
import { useRefresh } from "@/lib/queries";
import { useFormat } from "@/lib/useFormat";
import { type Column, DataTable } from "@/ui/DataTable";
import { Panel } from "@/ui/Page";
import { Failed, Loading } from "@/ui/states";
import { useSubmit } from "@/ui/useSubmit";
import { type DryRun, dryRun, startImport, type Upload } from "../api";
import { type MapForm, mapOf } from "../mapping";
import { useFinding } from "./useFinding";
import { WarningTable } from "./WarningTable";

type CheckStepProps = { upload: Upload; sourceId: string; form: MapForm; onBack: () => void };

/** Reads the whole file without writing anything, and says what would happen. */
export function CheckStep({ upload, sourceId, form, onBack }: CheckStepProps) {
  const { t } = useTranslation("intake");
  const go = useGo();
  const refresh = useRefresh();
  const { busy, submit } = useSubmit();
  const map = mapOf(form);
  const check = useQuery({
    queryKey: ["dry-run", upload.id, sourceId, map],
    queryFn: async () => (await dryRun(upload.id, sourceId, map)).data as DryRun,
    staleTime: Number.POSITIVE_INFINITY,
    retry: false,
  });
  const start = () =>
    submit(async () => {
      const { data } = await startImport(upload.id, sourceId, map);
      await refresh("/api/imports");
      if (data) go(paths.import(data.id));
    });
  return (
    <>
      {check.data ? (
        <Result result={check.data} />
      ) : (
        <Panel title={t("mapping.checking")} flush>
          {check.error ? <Failed error={check.error} retry={() => void check.refetch()} /> : <Loading />}
        </Panel>
      )}
      <div className="row">
        <Button onClick={onBack}>{t("mapping.back")}</Button>
        <Button
          type="primary"
          disabled={!check.data || check.data.accepted === 0}
          loading={busy}
          onClick={() => void start()}
        >
          {t("mapping.start")}
        </Button>
      </div>
    </>
  );
}

function Result({ result }: { result: DryRun }) {
  const { t } = useTranslation("intake");
  const { number } = useFormat();
  const { rows, accepted, rejected, warned } = result;
  const summary = t("mapping.summary", {
    rows: number(rows),
    accepted: number(accepted),
    rejected: number(rejected),
    warned: number(warned),
  });
  return (
    <>
      <Alert
        type={rejected > 0 || warned > 0 ? "warning" : "success"}
        showIcon
        title={summary}
        {...(rejected + warned === 0 ? { description: t("mapping.all_good") } : {})}
      />
      {result.rejects.length > 0 && <Rejects rows={result.rejects} total={rejected} />}
      {result.warnings.length > 0 && (
        <Panel flush title={t("mapping.warning_list")}>
          <WarningTable rows={result.warnings} />
        </Panel>
      )}
    </>
  );
}

type Reject = DryRun["rejects"][number];

function Rejects({ rows, total }: { rows: Reject[]; total: number }) {
  const { t } = useTranslation("intake");
  const { number } = useFormat();
  const finding = useFinding();
  const columns: Column<Reject>[] = [
    {
      key: "line",
      title: t("mapping.line"),
      render: (_, row) => <span className="num">{number(row.line)}</span>,
    },
    { key: "column", title: t("mapping.column"), dataIndex: "column" },
    {
      key: "reason",
      title: t("mapping.reason"),
      render: (_, row) => <span title={row.reason}>{finding(row)}</span>,
    },
  ];
  const title = t("mapping.reject_list");
  return (
    <Panel
      flush
      title={title}
      extra={
        total > rows.length && <span className="faint">{t("mapping.first", { count: rows.length })}</span>
      }
    >
      <DataTable
        list={wholeList(rows)}
        columns={columns}
        rowKey={(row) => `${row.line}\u0000${row.column}\u0000${row.code}`}
        label={title}
        empty={{ title }}
        card={(row) => (
          <div>
            <span className="num strong">
              {t("mapping.line")} {number(row.line)}
            </span>{" "}
            <span className="soft">{row.column}</span>
            <div>{finding(row)}</div>
          </div>
        )}
      />
    </Panel>
  );
}
