import { $api, client, type Schemas } from "@/lib/api";
import { paging } from "@/lib/list";
import type { MapBody } from "./mapping";

export type Source = Schemas["SourceView"];
export type Upload = Schemas["UploadView"];
export type DryRun = Schemas["DryRunView"];
export type ImportRun = Schemas["ImportView"];
export type EventReject = Schemas["EventRejectView"];

const at = (id: string) => ({ params: { path: { id } } });

export const useSources = () => $api.useQuery("get", "/api/sources");
export const useEventKinds = () => $api.useQuery("get", "/api/event-kinds", {}, { staleTime: 600_000 });
export const useImports = () =>
  $api.useInfiniteQuery("get", "/api/imports", { params: { query: { limit: 50 } } }, paging);
export const importQuery = (id: string) => $api.queryOptions("get", "/api/imports/{id}", at(id));
export const useRejects = (source_id: string) =>
  $api.useInfiniteQuery(
    "get",
    "/api/event-rejects",
    { params: { query: { limit: 50, ...(source_id ? { source_id } : {}) } } },
    paging,
  );

export const createSource = (body: Schemas["NewSourceBody"]) => client.POST("/api/sources", { body });
export const updateSource = (id: string, body: Schemas["SourceChangeBody"]) =>
  client.PATCH("/api/sources/{id}", { ...at(id), body });
export const rotateKey = (id: string) => client.POST("/api/sources/{id}/rotate-key", at(id));

export function uploadFile(file: File) {
  const form = new FormData();
  form.append("file", file);
  // The typed body of a multipart operation is its text form; the serialiser puts the real one in its place.
  return client.POST("/api/uploads", { body: { file: "" }, bodySerializer: () => form });
}
export const dryRun = (upload: string, source_id: string, map: MapBody) =>
  client.POST("/api/uploads/{id}/dry-run", { ...at(upload), body: { source_id, map } });
export const startImport = (upload_id: string, source_id: string, map: MapBody) =>
  client.POST("/api/imports", { body: { upload_id, source_id, map } });
export const cancelImport = (id: string) => client.POST("/api/imports/{id}/cancel", at(id));
export const resumeImport = (id: string) => client.POST("/api/imports/{id}/resume", at(id));
