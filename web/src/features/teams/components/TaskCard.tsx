import { useTranslation } from "react-i18next";
import { Link } from "@/lib/navigation";
import { paths } from "@/lib/paths";
import { useRefresh } from "@/lib/queries";
import { useFormat } from "@/lib/useFormat";
import { useReason } from "@/lib/useReason";
import { Chip } from "@/ui/Chip";
import { Guarded } from "@/ui/Guarded";
import { useSubmit } from "@/ui/useSubmit";
import { reopenTask, type Task } from "../api";

type TaskCardProps = { task: Task; onFinish: () => void; onAssign: () => void };

/** One task, to be read at arm's length: who, what, when; then what can be done about it. */
export function TaskCard({ task, onFinish, onAssign }: TaskCardProps) {
  const { t } = useTranslation("teams");
  const { dateTime } = useFormat();
  const reason = useReason();
  const refresh = useRefresh();
  const { busy, submit } = useSubmit();
  // What nobody has may be taken by whoever works on tasks; the rest is handed over by those who assign them.
  const closed = reason("tasks.assign") && (task.owner ? reason("tasks.assign") : reason("tasks.work"));
  const reopen = async () => {
    if (await submit(() => reopenTask(task.id), t("reopened"))) await refresh("/api/tasks", "/api/people");
  };
  return (
    <div className="task">
      <div className="grow">
        <div className="row" style={{ gap: "2px 10px" }}>
          {task.person && (
            <>
              <Link className="strong" href={paths.person(task.person.id)}>
                {task.person.name || t("common:unnamed")}
              </Link>
              <span className="num soft">{task.person.phone}</span>
            </>
          )}
          {task.overdue && <Chip tone="bad">{t("overdue")}</Chip>}
          {task.outcome && (
            <Chip tone="good">{t(`outcomes.${task.outcome}`, { defaultValue: task.outcome })}</Chip>
          )}
        </div>
        <div style={{ margin: "2px 0" }}>{task.title}</div>
        {task.note && <div className="soft">{task.note}</div>}
        <div className="faint">
          {task.state === "done" ? t("done_at") : t("due")}{" "}
          <span className="num">{dateTime(task.done_at ?? task.due_at)}</span>
          {" · "}
          {task.owner?.name ?? t("unowned")}
          {" · "}
          {task.reason || t("manual")}
        </div>
      </div>
      <div className="row">
        {task.state === "open" ? (
          <>
            <Guarded reason={closed} onClick={onAssign}>
              {t("assign")}
            </Guarded>
            <Guarded type="primary" reason={reason("tasks.work")} onClick={onFinish}>
              {t("finish")}
            </Guarded>
          </>
        ) : (
          <Guarded reason={reason("tasks.work")} loading={busy} onClick={() => void reopen()}>
            {t("undo")}
          </Guarded>
        )}
      </div>
    </div>
  );
}
