import { $api, client, type Schemas } from "@/lib/api";
import { paging } from "@/lib/list";

export type PersonRow = Schemas["PersonRowView"];
export type Person = Schemas["PersonView"];
export type RecordRow = Schemas["PersonRecordView"];

export type PeopleFilter = { q: string; clinic_id: string; owner: string; sort: string };

const given = (filter: PeopleFilter) =>
  Object.fromEntries(Object.entries(filter).filter(([, value]) => value !== ""));
const at = (id: string) => ({ params: { path: { id } } });

export const usePeople = (filter: PeopleFilter) =>
  $api.useInfiniteQuery("get", "/api/people", { params: { query: { ...given(filter), limit: 50 } } }, paging);
export const usePerson = (id: string) => $api.useQuery("get", "/api/people/{id}", at(id));
export const useIdentity = (id: string) => $api.useQuery("get", "/api/people/{id}/identity", at(id));
export const useTimeline = (id: string, kind: string) =>
  $api.useInfiniteQuery(
    "get",
    "/api/people/{id}/timeline",
    { params: { path: { id }, query: { limit: 30, ...(kind ? { kind } : {}) } } },
    paging,
  );
export const useNotes = (id: string) => $api.useQuery("get", "/api/people/{id}/notes", at(id));

export const reveal = (id: string, body: Schemas["RevealBody"]) =>
  client.POST("/api/people/{id}/reveal", { ...at(id), body });
export const merge = (id: string, body: Schemas["MergeBody"]) =>
  client.POST("/api/people/{id}/merge", { ...at(id), body });
export const unmerge = (id: string, body: Schemas["UnmergeBody"]) =>
  client.POST("/api/people/{id}/unmerge", { ...at(id), body });
export const addNote = (id: string, text: string) =>
  client.POST("/api/people/{id}/notes", { ...at(id), body: { text } });
export const removeNote = (id: string, note_id: string) =>
  client.DELETE("/api/people/{id}/notes/{note_id}", { params: { path: { id, note_id } } });
export const setOwner = (id: string, staff_id: string | null) =>
  client.PUT("/api/people/{id}/owner", { ...at(id), body: { staff_id } });
export const setConsent = (id: string, body: Schemas["ConsentBody"]) =>
  client.PUT("/api/people/{id}/consents", { ...at(id), body });
