import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useEffect } from "react";
import { files } from "@/lib/paths";
import { useRefresh } from "@/lib/queries";
import { type ImportRun, importQuery } from "../api";

export const isOver = (run: ImportRun | undefined) =>
  run !== undefined && run.state !== "running" && run.state !== "waiting";
const FALLBACK_MS = 3000;

/** An import, kept up to date by server-sent events while it runs, and by asking now and then if those fail. */
export function useImportRun(id: string) {
  const queries = useQueryClient();
  const refresh = useRefresh();
  const options = importQuery(id);
  const query = useQuery({
    ...options,
    refetchInterval: ({ state }) => (isOver(state.data) ? false : FALLBACK_MS),
  });
  const live = query.data !== undefined && !isOver(query.data);
  useEffect(() => {
    if (!live) return;
    const { queryKey } = importQuery(id);
    const events = new EventSource(files.importProgress(id));
    const take = (event: MessageEvent<string>) => {
      const run = JSON.parse(event.data) as ImportRun;
      queries.setQueryData(queryKey, run);
      if (!isOver(run)) return;
      events.close();
      void refresh("/api/imports", "/api/people", "/api/sources");
    };
    events.addEventListener("message", take);
    events.addEventListener("progress", take);
    return () => events.close();
  }, [id, live, queries, refresh]);
  return query;
}
