import { afterEach, expect, test, vi } from "vitest";
import { client, setUnauthorizedHandler } from "./api";

afterEach(() => vi.unstubAllGlobals());

function answer(status: number, body: unknown) {
  const seen: Request[] = [];
  vi.stubGlobal("fetch", async (request: Request) => {
    seen.push(request);
    return new Response(JSON.stringify(body), { status, headers: { "content-type": "application/json" } });
  });
  return seen;
}

test("the token of the session goes with every change and with no read", async () => {
  answer(200, { csrf: "token-1" });
  await client.GET("/api/session");
  const seen = answer(200, {});
  await client.POST("/api/tasks/{id}/reopen", { params: { path: { id: "tsk_1" } } });
  await client.GET("/api/roles");
  expect(seen[0]?.headers.get("x-csrf-token")).toBe("token-1");
  expect(seen[1]?.headers.get("x-csrf-token")).toBeNull();
});

test("a refusal is thrown with its code; the end of the session is announced, a wrong password is not", async () => {
  const ended = vi.fn();
  setUnauthorizedHandler(ended);
  answer(401, { code: "access.wrong_password" });
  await expect(client.POST("/api/session", { body: { login: "a", password: "b" } })).rejects.toMatchObject({
    code: "access.wrong_password",
  });
  expect(ended).not.toHaveBeenCalled();
  answer(401, { code: "access.no_session" });
  await expect(client.GET("/api/roles")).rejects.toMatchObject({ status: 401 });
  expect(ended).toHaveBeenCalledOnce();
});
