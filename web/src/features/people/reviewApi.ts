import { $api, client, type Schemas } from "@/lib/api";
import { paging } from "@/lib/list";

/** Two records side by side. */
export type Pair = Schemas["ReviewView"];
export type Finding = Schemas["FindingView"];
export type Quality = Schemas["QualityView"];

const AT_ONCE = 10;

export const useDoubts = () =>
  $api.useInfiniteQuery("get", "/api/identity/reviews", { params: { query: { limit: AT_ONCE } } }, paging);
export const useSamples = () =>
  $api.useQuery("get", "/api/identity/samples", { params: { query: { limit: AT_ONCE } } });
export const useEvidence = (a: string, b: string) =>
  $api.useQuery("get", "/api/identity/evidence", { params: { query: { a, b } } });
export const useQuality = () => $api.useQuery("get", "/api/identity/quality");

/** Writes what somebody says about two records, and gives the decision's id. It arrives even if the page is left at once. */
export async function decide(body: Schemas["DecisionBody"]): Promise<string> {
  const { data } = await client.POST("/api/identity/decisions", { body, keepalive: true });
  if (!data) throw new TypeError("no answer");
  return data.id;
}
/** Takes decisions back, all or none. */
export const withdraw = (ids: string[]) => client.POST("/api/identity/decisions/withdraw", { body: { ids } });
/** Lets decisions that were taken back hold again, all or none. */
export const restore = (ids: string[]) => client.POST("/api/identity/decisions/restore", { body: { ids } });
