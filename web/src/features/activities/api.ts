import { $api, client, type Schemas } from "@/lib/api";
import { paging } from "@/lib/list";

export type Activity = Schemas["ActivityView"];
export type Attendee = Schemas["AttendeeView"];
export type SignIn = Schemas["SignInView"];
export type Door = "not_yet" | "open" | "closed" | "over";

const at = (id: string) => ({ params: { path: { id } } });
/** How often the attendees are asked for again while people sign in. */
const WHILE_OPEN_MS = 3_000;

export const useActivities = () =>
  $api.useInfiniteQuery("get", "/api/activities", { params: { query: { limit: 50 } } }, paging);
export const useActivity = (id: string) =>
  $api.useQuery("get", "/api/activities/{id}", at(id), {
    refetchInterval: ({ state }) => (state.data?.door === "open" ? WHILE_OPEN_MS : false),
  });
/** Who attended; asked again while people sign in. */
export const useAttendees = ({ id, door }: Activity) =>
  $api.useInfiniteQuery(
    "get",
    "/api/activities/{id}/attendees",
    { params: { path: { id }, query: { limit: 50 } } },
    { ...paging, refetchInterval: door === "open" ? WHILE_OPEN_MS : false },
  );
export const useSignIn = (token: string) =>
  $api.useQuery("get", "/api/sign-in/{token}", { params: { path: { token } } }, { retry: false });

const sent = async <T>(answer: Promise<{ data?: T }>): Promise<T> => {
  const { data } = await answer;
  if (data === undefined) throw new Error("the server answered nothing");
  return data;
};

export const createActivity = (body: Schemas["NewActivityBody"]) =>
  sent(client.POST("/api/activities", { body }));
export const updateActivity = (id: string, body: Schemas["UpdateActivityBody"]) =>
  sent(client.PATCH("/api/activities/{id}", { ...at(id), body }));
export const closeActivity = (id: string) => sent(client.POST("/api/activities/{id}/close", at(id)));
export const reopenActivity = (id: string) => sent(client.POST("/api/activities/{id}/reopen", at(id)));
export const renewLink = (id: string) => sent(client.POST("/api/activities/{id}/renew-link", at(id)));
export const checkRows = (text: string) => sent(client.POST("/api/segments/lists/check", { body: { text } }));
export const importAttendees = (id: string, text: string) =>
  sent(client.POST("/api/activities/{id}/attendees/import", { ...at(id), body: { text } }));
export const signIn = (token: string, body: Schemas["VisitorBody"]) =>
  sent(client.POST("/api/sign-in/{token}", { params: { path: { token } }, body }));
