import type { QueryClient } from "@tanstack/react-query";
import {
  createRootRouteWithContext,
  createRoute,
  createRouter,
  lazyRouteComponent,
  redirect,
} from "@tanstack/react-router";
import { paths } from "@/lib/paths";
import type { Permission } from "@/lib/permissions";
import { toProblem } from "@/lib/problem";
import { sessionQuery } from "@/lib/session";
import { firstPage } from "./nav";
import { CrashPage, NotFoundPage, PageLoading } from "./pages/states";
import { Shell } from "./Shell";

const root = createRootRouteWithContext<{ queries: QueryClient }>()({ notFoundComponent: NotFoundPage });

const login = createRoute({
  getParentRoute: () => root,
  path: "/login",
  component: lazyRouteComponent(() => import("@/features/access/pages/LoginPage"), "LoginPage"),
});

const signIn = createRoute({
  getParentRoute: () => root,
  path: "/sign-in/$token",
  component: lazyRouteComponent(() => import("@/features/activities/pages/SignInPage"), "SignInPage"),
});

const signedIn = createRoute({
  getParentRoute: () => root,
  id: "signed-in",
  component: Shell,
  beforeLoad: async ({ context, location }) => {
    try {
      const session = await context.queries.ensureQueryData(sessionQuery());
      return { permissions: new Set<string>(session.permissions) };
    } catch (error) {
      if (toProblem(error).status !== 401) throw error;
      const here = location.pathname + location.searchStr;
      throw redirect({ href: paths.login(here === "/" ? undefined : here) });
    }
  },
});

const home = createRoute({
  getParentRoute: () => signedIn,
  path: "/",
  beforeLoad: ({ context }) => {
    throw redirect({ href: firstPage(context.permissions), replace: true });
  },
});

/** Thrown by a route the reader may not open. */
class ForbiddenPage extends Error {
  override name = "ForbiddenPage";
}

type Loader = Parameters<typeof lazyRouteComponent>[0];

/** A page inside the shell; without the permission it shows the refusal instead. */
function page(path: string, permission: Permission | undefined, load: Loader, name: string) {
  return createRoute({
    getParentRoute: () => signedIn,
    path,
    component: lazyRouteComponent(load as () => Promise<Record<string, never>>, name as never),
    beforeLoad: ({ context }) => {
      if (permission && !context.permissions.has(permission)) throw new ForbiddenPage();
    },
  });
}

const pages = [
  page("/overview", "insight.read", () => import("@/features/insight/pages/OverviewPage"), "OverviewPage"),
  page("/insight", "insight.read", () => import("@/features/insight/pages/MetricsPage"), "MetricsPage"),
  page("/insight/$id", "insight.read", () => import("@/features/insight/pages/MetricPage"), "MetricPage"),
  page("/people", "people.read", () => import("./pages/PeoplePage"), "PeoplePage"),
  page("/people/$id", "people.read", () => import("./pages/PersonPage"), "PersonPage"),
  page("/identity/review", "people.read", () => import("@/features/people/pages/ReviewPage"), "ReviewPage"),
  page(
    "/identity/quality",
    "people.read",
    () => import("@/features/people/pages/QualityPage"),
    "QualityPage",
  ),
  page("/tasks", "tasks.read", () => import("@/features/teams/pages/TasksPage"), "TasksPage"),
  page("/segments", "segments.read", () => import("@/features/segments/pages/SegmentsPage"), "SegmentsPage"),
  page(
    "/segments/new",
    "segments.edit",
    () => import("@/features/segments/pages/SegmentEditPage"),
    "SegmentEditPage",
  ),
  page(
    "/segments/$id",
    "segments.read",
    () => import("@/features/segments/pages/SegmentPage"),
    "SegmentPage",
  ),
  page(
    "/segments/$id/edit",
    "segments.edit",
    () => import("@/features/segments/pages/SegmentEditPage"),
    "SegmentEditPage",
  ),
  page("/tags", "segments.read", () => import("@/features/profiles/pages/TagsPage"), "TagsPage"),
  page("/tags/$id", "segments.read", () => import("@/features/profiles/pages/TagPage"), "TagPage"),
  page("/models", "segments.read", () => import("@/features/profiles/pages/ModelsPage"), "ModelsPage"),
  page(
    "/activities",
    "segments.read",
    () => import("@/features/activities/pages/ActivitiesPage"),
    "ActivitiesPage",
  ),
  page(
    "/activities/$id",
    "segments.read",
    () => import("@/features/activities/pages/ActivityPage"),
    "ActivityPage",
  ),
  page(
    "/activities/$id/poster",
    "segments.edit",
    () => import("@/features/activities/pages/PosterPage"),
    "PosterPage",
  ),
  page("/touch-plans", "outreach.read", () => import("@/features/outreach/pages/PlansPage"), "PlansPage"),
  page(
    "/touch-plans/new",
    "outreach.edit",
    () => import("@/features/outreach/pages/PlanEditPage"),
    "PlanEditPage",
  ),
  page("/touch-plans/$id", "outreach.read", () => import("@/features/outreach/pages/PlanPage"), "PlanPage"),
  page(
    "/touch-plans/$id/edit",
    "outreach.edit",
    () => import("@/features/outreach/pages/PlanEditPage"),
    "PlanEditPage",
  ),
  page(
    "/intake/sources",
    "intake.manage",
    () => import("@/features/intake/pages/SourcesPage"),
    "SourcesPage",
  ),
  page("/intake/imports", "intake.run", () => import("@/features/intake/pages/ImportsPage"), "ImportsPage"),
  page(
    "/intake/imports/new",
    "intake.run",
    () => import("@/features/intake/pages/ImportNewPage"),
    "ImportNewPage",
  ),
  page("/intake/imports/$id", "intake.run", () => import("@/features/intake/pages/ImportPage"), "ImportPage"),
  page(
    "/intake/rejects",
    "intake.manage",
    () => import("@/features/intake/pages/RejectsPage"),
    "RejectsPage",
  ),
  page("/settings/staff", "staff.manage", () => import("@/features/access/pages/StaffPage"), "StaffPage"),
  page("/settings/roles", "roles.manage", () => import("@/features/access/pages/RolesPage"), "RolesPage"),
  page(
    "/settings/clinics",
    "clinics.manage",
    () => import("@/features/chain/pages/ClinicsPage"),
    "ClinicsPage",
  ),
  page(
    "/settings/chain",
    "settings.manage",
    () => import("@/features/access/pages/SettingsPage"),
    "SettingsPage",
  ),
  page("/settings/audit", "audit.read", () => import("@/features/access/pages/AuditPage"), "AuditPage"),
];

const missing = createRoute({ getParentRoute: () => signedIn, path: "$", component: NotFoundPage });

const tree = root.addChildren([login, signIn, signedIn.addChildren([home, ...pages, missing])]);

export function makeRouter(queries: QueryClient) {
  return createRouter({
    routeTree: tree,
    context: { queries },
    defaultPreload: false,
    defaultPendingComponent: PageLoading,
    defaultErrorComponent: CrashPage,
    defaultNotFoundComponent: NotFoundPage,
    // Plain text in, plain text out: addresses stay readable and `?q=138` stays text.
    parseSearch: (text) => Object.fromEntries(new URLSearchParams(text)),
    stringifySearch: (search) => {
      const query = new URLSearchParams(search as Record<string, string>).toString();
      return query ? `?${query}` : "";
    },
  });
}
