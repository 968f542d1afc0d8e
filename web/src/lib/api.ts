import createFetchClient, { type Middleware } from "openapi-fetch";
import createQueryClient from "openapi-react-query";
import type { components, paths } from "@/generated/schema";
import { problemOf } from "./problem";

export type Schemas = components["schemas"];

let csrf = "";
let onUnauthorized: () => void = () => {};

/** The app tells what to do when the session is over; set once at start. */
export function setUnauthorizedHandler(handler: () => void) {
  onUnauthorized = handler;
}

const isSession = (path: string) => path === "/api/session";

const session: Middleware = {
  onRequest({ request }) {
    if (request.method !== "GET") request.headers.set("X-CSRF-Token", csrf);
    return request;
  },
  async onResponse({ response, schemaPath }) {
    if (!response.ok) {
      if (response.status === 401 && !isSession(schemaPath)) onUnauthorized();
      throw await problemOf(response);
    }
    if (isSession(schemaPath) && response.status !== 204) {
      const body = (await response.clone().json()) as { csrf?: string };
      csrf = body.csrf ?? csrf;
    }
    return response;
  },
};

/** The typed client. A response that is no success is thrown as a `Problem`. */
export const client = createFetchClient<paths>({
  baseUrl: globalThis.location?.origin ?? "",
  // Looked up at call time, so that tests can put their own fetch in place.
  fetch: (request) => globalThis.fetch(request),
});
client.use(session);

export const $api = createQueryClient(client);
