import { $api, client, type Schemas } from "@/lib/api";
import { paging } from "@/lib/list";

export type Staff = Schemas["StaffView"];
export type Role = Schemas["RoleView"];
export type AuditRow = Schemas["AuditView"];

export const useStaff = () =>
  $api.useInfiniteQuery("get", "/api/staff", { params: { query: { limit: 50, archived: true } } }, paging);
export const useRoles = () => $api.useQuery("get", "/api/roles");
export const usePermissions = () => $api.useQuery("get", "/api/permissions");
export const useSettings = () => $api.useQuery("get", "/api/settings");
export const useAudit = () =>
  $api.useInfiniteQuery("get", "/api/audit", { params: { query: { limit: 50 } } }, paging);

export const useAuditChain = () => $api.useQuery("get", "/api/audit/chain");

export const createStaff = (body: Schemas["NewStaffBody"]) => client.POST("/api/staff", { body });
export const updateStaff = (id: string, body: Schemas["StaffChangeBody"]) =>
  client.PATCH("/api/staff/{id}", { params: { path: { id } }, body });
export const archiveStaff = (id: string) =>
  client.POST("/api/staff/{id}/archive", { params: { path: { id } } });
export const updateRole = (id: string, body: Schemas["RoleBody"]) =>
  client.PUT("/api/roles/{id}", { params: { path: { id } }, body });
export const updateSettings = (body: Schemas["SettingsBody"]) => client.PUT("/api/settings", { body });
