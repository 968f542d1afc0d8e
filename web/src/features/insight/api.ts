import { $api, type Schemas } from "@/lib/api";
import { paging } from "@/lib/list";

export type Metric = Schemas["MetricView"];
export type MetricAnswer = Schemas["MetricAnswerView"];
export type MetricRow = Schemas["MetricRowView"];
export type Overview = Schemas["OverviewView"];

export type Window = { from: string; to: string; clinic: string };
const asked = ({ from, to, clinic }: Window) => ({ from, to, ...(clinic ? { clinic } : {}) });

export const useMetrics = () => $api.useQuery("get", "/api/metrics", {}, { staleTime: 600_000 });
export const useOverview = (window: Window) =>
  $api.useQuery("get", "/api/overview", { params: { query: asked(window) } });
export const useMetricQuery = (id: string, window: Window, by: string[]) =>
  $api.useQuery("get", "/api/metrics/{id}/query", {
    params: { path: { id }, query: { ...asked(window), ...(by.length ? { by: by.join(",") } : {}) } },
  });

/** The events behind one cell: the window, and the value of each dimension it was split by. */
export const useMetricEvents = (id: string, window: Window, cell: Record<string, string>) =>
  $api.useInfiniteQuery(
    "get",
    "/api/metrics/{id}/events",
    { params: { path: { id }, query: { ...asked(window), keys: JSON.stringify(cell), limit: 30 } } },
    paging,
  );
