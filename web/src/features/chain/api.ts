import { $api, client, type Schemas } from "@/lib/api";

export type Clinic = Schemas["ClinicView"];

export const useClinics = () =>
  $api.useQuery("get", "/api/clinics", { params: { query: { archived: true } } });
export const createClinic = (body: Schemas["NewClinicBody"]) => client.POST("/api/clinics", { body });
export const updateClinic = (id: string, body: Schemas["ClinicChangeBody"]) =>
  client.PATCH("/api/clinics/{id}", { params: { path: { id } }, body });
