import { $api, client, type Schemas } from "@/lib/api";
import { paging } from "@/lib/list";

export type BulkAction = Schemas["BulkActionView"];
export type RowsReport = Schemas["RowsReportView"];
export type Overlap = Schemas["OverlapView"];
export type Region = Schemas["RegionView"];
export type Lookalike = Schemas["LookalikeView"];
export type Composition = Schemas["CompositionView"];
export type TrendDay = Schemas["TrendDayView"];
export type Whom = { people: string[] } | { segment: string };

const at = (id: string) => ({ params: { path: { id } } });

/** While the work goes on it is asked again. */
export const useBulkAction = (id: string) =>
  $api.useQuery("get", "/api/bulk-actions/{id}", at(id), {
    refetchInterval: ({ state }) => (state.data && state.data.state !== "running" ? false : 500),
  });
export const useBulkActions = (segment: string) =>
  $api.useInfiniteQuery(
    "get",
    "/api/bulk-actions",
    { params: { query: { limit: 50, ...(segment ? { segment } : {}) } } },
    paging,
  );
export const useOverlap = (segments: string[]) =>
  $api.useQuery(
    "get",
    "/api/segments/overlap",
    { params: { query: { segments: segments.join(",") } } },
    { enabled: segments.length > 1 },
  );
export const useRegionPeople = (inside: string[], outside: string[]) =>
  $api.useInfiniteQuery(
    "get",
    "/api/segments/overlap/people",
    { params: { query: { inside: inside.join(","), outside: outside.join(","), limit: 50 } } },
    paging,
  );
export const useLookalike = (id: string) =>
  $api.useQuery("get", "/api/segments/{id}/lookalike", at(id), { retry: false, staleTime: 60_000 });
export const useComposition = (id: string) => $api.useQuery("get", "/api/segments/{id}/composition", at(id));
export const useTrend = (id: string) => $api.useQuery("get", "/api/segments/{id}/trend", at(id));
/** The tags that staff may set. */
export const useSettableTags = () => {
  const { data } = $api.useQuery("get", "/api/tags", {});
  return (data?.items ?? []).filter(({ settable }) => settable);
};

const sent = async <T>(answer: Promise<{ data?: T }>): Promise<T> => {
  const { data } = await answer;
  if (data === undefined) throw new Error("the server answered nothing");
  return data;
};

export const createList = (body: Schemas["NewListBody"]) =>
  sent(client.POST("/api/segments/lists", { body }));
export const addToList = (id: string, body: Whom) =>
  sent(client.POST("/api/segments/{id}/list/add", { ...at(id), body }));
export const removeFromList = (id: string, body: Whom) =>
  sent(client.POST("/api/segments/{id}/list/remove", { ...at(id), body }));
export const checkRows = (text: string) => sent(client.POST("/api/segments/lists/check", { body: { text } }));
export const importRows = (id: string, text: string) =>
  sent(client.POST("/api/segments/{id}/list/import", { ...at(id), body: { text } }));
export const startBulkTag = (body: Schemas["BulkTagBody"]) =>
  sent(client.POST("/api/bulk-actions/tags", { body }));
export const cancelBulkAction = (id: string) => sent(client.POST("/api/bulk-actions/{id}/cancel", at(id)));
export const undoBulkAction = (id: string) => sent(client.POST("/api/bulk-actions/{id}/undo", at(id)));
export const createLookalikeList = (id: string, body: Schemas["LookalikeListBody"]) =>
  sent(client.POST("/api/segments/{id}/lookalike", { ...at(id), body }));
