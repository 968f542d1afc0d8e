import { $api, client, type Schemas } from "@/lib/api";
import { paging } from "@/lib/list";

export type Segment = Schemas["SegmentView"];
export type SegmentDetail = Schemas["SegmentDetailView"];
export type Vocabulary = Schemas["VocabularyView"];
export type Member = Schemas["MemberView"];
export type Change = Schemas["ChangeView"];

const at = (id: string) => ({ params: { path: { id } } });

export const useSegments = (archived: boolean) =>
  $api.useQuery("get", "/api/segments", archived ? { params: { query: { archived } } } : {});
/** While it is being filled (which one that was put away is not) its count is still moving, so it is asked again until it stands. */
export const useSegment = (id: string) =>
  $api.useQuery("get", "/api/segments/{id}", at(id), {
    enabled: id !== "",
    refetchInterval: ({ state }) => (state.data && !state.data.filled && !state.data.archived ? 1000 : false),
  });
export const useVocabulary = () =>
  $api.useQuery("get", "/api/segments/vocabulary", {}, { staleTime: 60_000 });
export const usePreview = (rule: Record<string, unknown>, enabled: boolean) =>
  $api.useQuery(
    "post",
    "/api/segments/preview",
    { body: { rule } },
    { enabled, placeholderData: (before) => before, retry: false },
  );
/** The list is read once it stands: what is read while a segment is being filled would stay half empty. */
export const useMembers = ({ id, filled }: Segment) =>
  $api.useInfiniteQuery(
    "get",
    "/api/segments/{id}/members",
    { params: { path: { id }, query: { limit: 50 } } },
    { ...paging, enabled: filled },
  );
export const useWhy = (id: string, person_id: string) =>
  $api.useQuery("get", "/api/segments/{id}/members/{person_id}/why", { params: { path: { id, person_id } } });
export const useChanges = (id: string) =>
  $api.useInfiniteQuery(
    "get",
    "/api/segments/{id}/changes",
    { params: { path: { id }, query: { limit: 100 } } },
    paging,
  );

export const createSegment = (body: Schemas["NewSegmentBody"]) => client.POST("/api/segments", { body });
export const updateSegment = (id: string, body: Schemas["SegmentPatchBody"]) =>
  client.PATCH("/api/segments/{id}", { ...at(id), body });
export const archiveSegment = (id: string) => client.POST("/api/segments/{id}/archive", at(id));
export const restoreSegment = (id: string) => client.POST("/api/segments/{id}/restore", at(id));
