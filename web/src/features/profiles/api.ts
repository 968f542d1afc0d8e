import { $api, client, type Schemas } from "@/lib/api";
import { paging } from "@/lib/list";

export type Tag = Schemas["TagView"];
export type Model = Schemas["TagModelView"];
export type TagTrend = Schemas["TagTrendView"];
export type Threshold = Tag["thresholds"][number];
export type PersonTag = Schemas["PersonTagView"];

export const useTags = () => $api.useQuery("get", "/api/tags", {}, { staleTime: 60_000 });
export const useModels = () => $api.useQuery("get", "/api/models", {}, { staleTime: 60_000 });
export const useTagPeople = (id: string, value: string) =>
  $api.useInfiniteQuery(
    "get",
    "/api/tags/{id}/people",
    { params: { path: { id }, query: { value, limit: 50 } } },
    { ...paging, enabled: value !== "" },
  );
export const useTagTrend = (id: string) =>
  $api.useQuery(
    "get",
    "/api/tags/{id}/trend",
    { params: { path: { id } } },
    {
      staleTime: 60_000,
      retry: false,
      refetchInterval: ({ state }) => (state.data && state.data.percent < 100 ? 1000 : false),
    },
  );
export const addTag = (id: string, body: Schemas["SetTagBody"]) =>
  client.POST("/api/people/{id}/tags", { params: { path: { id } }, body });
export const removeTag = (id: string, tag: string, value: string) =>
  client.DELETE("/api/people/{id}/tags/{tag}", { params: { path: { id, tag }, query: { value } } });
export const setThreshold = (id: string, name: string, value: number) =>
  client.PUT("/api/tags/{id}/thresholds/{name}", { params: { path: { id, name } }, body: { value } });
export const resetThreshold = (id: string, name: string) =>
  client.DELETE("/api/tags/{id}/thresholds/{name}", { params: { path: { id, name } } });
