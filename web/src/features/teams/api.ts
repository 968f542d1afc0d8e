import { $api, client, type Schemas } from "@/lib/api";
import { paging } from "@/lib/list";

export type Task = Schemas["TaskView"];
export const OUTCOMES = ["fine", "discomfort", "booked", "refused", "unreachable", "other"] as const;

/** The inbox reads itself again: tasks come from the worker, not only from this page. */
export const useTasks = (state: string, owner: string) =>
  $api.useInfiniteQuery(
    "get",
    "/api/tasks",
    { params: { query: { state, owner, limit: 50 } } },
    { ...paging, refetchInterval: 30_000 },
  );

const at = (id: string) => ({ params: { path: { id } } });
export const finishTask = (id: string, body: Schemas["DoneBody"]) =>
  client.POST("/api/tasks/{id}/done", { ...at(id), body });
export const reopenTask = (id: string) => client.POST("/api/tasks/{id}/reopen", at(id));
export const assignTask = (id: string, staff_id: string | null) =>
  client.PUT("/api/tasks/{id}/owner", { ...at(id), body: { staff_id } });
export const createTask = (body: Schemas["NewTaskBody"]) => client.POST("/api/tasks", { body });
