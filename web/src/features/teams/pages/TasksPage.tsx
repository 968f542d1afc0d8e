import { Button, Segmented } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { pagesOf } from "@/lib/list";
import { useUrlState } from "@/lib/navigation";
import { Page, Panel } from "@/ui/Page";
import { Empty, Failed, Loading } from "@/ui/states";
import { type Task, useTasks } from "../api";
import { AssignDialog } from "../components/AssignDialog";
import { FinishDialog } from "../components/FinishDialog";
import { TaskCard } from "../components/TaskCard";

export function TasksPage() {
  const { t } = useTranslation("teams");
  const [{ state, owner }, set] = useUrlState({ state: "open", owner: "me" });
  const [finishing, setFinishing] = useState<Task>();
  const [assigning, setAssigning] = useState<Task>();
  const list = pagesOf(useTasks(state, owner));
  const open = state === "open";
  return (
    <Page title={t("title")} sub={t("sub")}>
      <div className="filters">
        <Segmented
          aria-label={t("state")}
          value={state}
          options={[
            { value: "open", label: t("open") },
            { value: "done", label: t("done") },
          ]}
          onChange={(value) => set({ state: value })}
        />
        <Segmented
          aria-label={t("whose")}
          value={owner}
          options={[
            { value: "me", label: t("mine") },
            { value: "all", label: t("everyone") },
          ]}
          onChange={(value) => set({ owner: value })}
        />
      </div>
      <Panel flush>
        {list.rows === undefined ? (
          list.error ? (
            <Failed error={list.error} retry={list.retry} />
          ) : (
            <Loading rows={8} />
          )
        ) : list.rows.length === 0 ? (
          <Empty
            title={open ? t("empty_open") : t("empty_done")}
            hint={open ? t("empty_open_hint") : undefined}
          />
        ) : (
          <ul className="cards" aria-label={t("title")}>
            {list.rows.map((task) => (
              <li key={task.id}>
                <TaskCard
                  task={task}
                  onFinish={() => setFinishing(task)}
                  onAssign={() => setAssigning(task)}
                />
              </li>
            ))}
          </ul>
        )}
        {list.more && (
          <div className="list-more">
            <Button type="text" onClick={list.more} loading={list.loadingMore}>
              {t("common:action.more")}
            </Button>
          </div>
        )}
      </Panel>
      {finishing && <FinishDialog task={finishing} onClose={() => setFinishing(undefined)} />}
      {assigning && <AssignDialog task={assigning} onClose={() => setAssigning(undefined)} />}
    </Page>
  );
}
