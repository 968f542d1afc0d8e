import { Button, Progress } from "antd";
import { useEffect, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { useRefresh } from "@/lib/queries";
import { useFormat } from "@/lib/useFormat";
import { Failed } from "@/ui/states";
import { useSubmit } from "@/ui/useSubmit";
import { type BulkAction, cancelBulkAction, undoBulkAction, useBulkAction } from "../listApi";

/** How far work on many people has come; it can be stopped, and undone when it has ended. */
export function BulkProgress({ id, onClose }: { id: string; onClose: () => void }) {
  const { t } = useTranslation("segments");
  const [shown, setShown] = useState(id);
  const query = useBulkAction(shown);
  const refresh = useRefresh();
  const { busy, submit } = useSubmit();
  const action = query.data;
  const ended = action !== undefined && action.state !== "running";
  const told = useRef("");
  useEffect(() => {
    if (!ended || told.current === shown) return;
    told.current = shown;
    void refresh("/api/segments", "/api/bulk-actions", "/api/people", "/api/tags");
  }, [ended, shown, refresh]);
  const cancel = () => submit(() => cancelBulkAction(shown));
  const undo = () => submit(async () => setShown((await undoBulkAction(shown)).id));
  if (query.error) return <Failed error={query.error} retry={() => void query.refetch()} />;
  return (
    <output className="bulk-progress" aria-live="polite" data-state={action?.state ?? "running"}>
      <div className="grow">
        <div className="strong">{action ? <Told action={action} /> : t("lists.starting")}</div>
        {!ended && (
          <Progress
            percent={action && action.total > 0 ? Math.round((100 * action.done) / action.total) : 0}
            size="small"
            aria-label={t("lists.progress")}
          />
        )}
      </div>
      {!ended && (
        <Button size="small" loading={busy} onClick={() => void cancel()}>
          {t("lists.stop")}
        </Button>
      )}
      {ended && action.changed > 0 && !action.undone_by && (
        <Button size="small" loading={busy} onClick={() => void undo()}>
          {t(action.undoes ? "lists.redo" : "lists.undo")}
        </Button>
      )}
      {ended && (
        <Button size="small" type="text" onClick={onClose}>
          {t("lists.close")}
        </Button>
      )}
    </output>
  );
}

/** What an action does or did, in one sentence. */
export function Told({ action }: { action: BulkAction }) {
  const { t } = useTranslation("segments");
  const { number } = useFormat();
  const what = t(`lists.deeds.${action.action}`);
  const key = action.undoes ? "undo" : "do";
  if (action.state === "running") {
    const counts = { what, done: number(action.done), total: number(action.total) };
    return <>{t(`lists.running_${key}`, counts)}</>;
  }
  const counts = { what, changed: number(action.changed), same: number(action.total - action.changed) };
  return <>{t(`lists.${action.state}_${key}`, counts)}</>;
}
