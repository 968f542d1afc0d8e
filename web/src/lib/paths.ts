/** Every address in the product. Links are built here and nowhere else. */
type Search = Record<string, string | number | undefined | null>;

function at(path: string, search: Search = {}): string {
  const params = new URLSearchParams();
  for (const [key, value] of Object.entries(search)) {
    if (value !== undefined && value !== null && value !== "") params.set(key, String(value));
  }
  const text = params.toString();
  return text ? `${path}?${text}` : path;
}

const id = encodeURIComponent;

export const paths = {
  home: () => "/",
  login: (next?: string) => at("/login", { next }),
  overview: (search?: Search) => at("/overview", search),
  // Not /metrics: that address belongs to Prometheus.
  metrics: (search?: Search) => at("/insight", search),
  metric: (metric: string, search?: Search) => at(`/insight/${id(metric)}`, search),
  people: (search?: Search) => at("/people", search),
  person: (person: string, search?: Search) => at(`/people/${id(person)}`, search),
  identityReview: (search?: Search) => at("/identity/review", search),
  identityQuality: () => "/identity/quality",
  tasks: (search?: Search) => at("/tasks", search),
  segments: () => "/segments",
  segmentNew: () => "/segments/new",
  segment: (segment: string, search?: Search) => at(`/segments/${id(segment)}`, search),
  segmentEdit: (segment: string) => `/segments/${id(segment)}/edit`,
  activities: () => "/activities",
  activity: (activity: string) => `/activities/${id(activity)}`,
  poster: (activity: string) => `/activities/${id(activity)}/poster`,
  /** The page a poster's code leads visitors to; it needs no log-in. */
  signIn: (token: string) => `/sign-in/${id(token)}`,
  touchPlans: () => "/touch-plans",
  touchPlanNew: (search?: Search) => at("/touch-plans/new", search),
  touchPlan: (plan: string, search?: Search) => at(`/touch-plans/${id(plan)}`, search),
  touchPlanEdit: (plan: string) => `/touch-plans/${id(plan)}/edit`,
  tags: (search?: Search) => at("/tags", search),
  models: () => "/models",
  tag: (tag: string, search?: Search) => at(`/tags/${id(tag)}`, search),
  sources: () => "/intake/sources",
  imports: () => "/intake/imports",
  importNew: (search?: Search) => at("/intake/imports/new", search),
  import: (run: string) => `/intake/imports/${id(run)}`,
  rejects: (search?: Search) => at("/intake/rejects", search),
  staff: () => "/settings/staff",
  roles: () => "/settings/roles",
  clinics: () => "/settings/clinics",
  chainSettings: () => "/settings/chain",
  audit: () => "/settings/audit",
};

/** Downloads, served by the API itself. */
export const files = {
  /** With a reason the rows' own content comes along. */
  importRejects: (run: string, why?: string) =>
    `/api/imports/${id(run)}/rejects.csv${why ? `?reason=${encodeURIComponent(why)}` : ""}`,
  importProgress: (run: string) => `/api/imports/${id(run)}/progress`,
  segmentExport: (segment: string, format: "csv" | "xlsx", fields: string[]) =>
    at(`/api/segments/${id(segment)}/export`, { format, fields: fields.join(",") }),
};
