import { $api, client, type Schemas } from "@/lib/api";
import { paging } from "@/lib/list";

export type Plan = Schemas["TouchPlanView"];
export type Intent = Schemas["IntentView"];

const at = (id: string) => ({ params: { path: { id } } });

export const usePlans = () =>
  $api.useInfiniteQuery("get", "/api/touch-plans", { params: { query: { limit: 50 } } }, paging);
export const usePlan = (id: string) =>
  $api.useQuery("get", "/api/touch-plans/{id}", at(id), { enabled: id !== "" });
export const useChannels = () => $api.useQuery("get", "/api/outreach/channels");
export const useIntents = (id: string, state: string) =>
  $api.useInfiniteQuery(
    "get",
    "/api/touch-plans/{id}/intents",
    { params: { path: { id }, query: { limit: 50, ...(state ? { state } : {}) } } },
    paging,
  );

export const createPlan = (body: Schemas["TouchPlanBody"]) => client.POST("/api/touch-plans", { body });
export const updatePlan = (id: string, body: Schemas["TouchPlanBody"]) =>
  client.PATCH("/api/touch-plans/{id}", { ...at(id), body });
export const pausePlan = (id: string) => client.POST("/api/touch-plans/{id}/pause", at(id));
export const resumePlan = (id: string) => client.POST("/api/touch-plans/{id}/resume", at(id));
export const settleIntent = (id: string, state: "sent" | "failed") =>
  client.POST("/api/intents/{id}/settle", { ...at(id), body: { state } });
