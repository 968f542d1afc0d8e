// @vitest-environment node
import { expect, test } from "vitest";
import { Problem, problemMessage, problemOf, toProblem } from "./problem";

const known: Record<string, string> = {
  people_already_merged: "已经合并过",
  http_404: "没有找到",
  http_unknown: "出错了",
  http_offline: "断网",
};
const t = (key: string, options: { defaultValue: string }) => known[key] ?? options.defaultValue;

test("a known code wins over the server's English", () => {
  expect(
    problemMessage(new Problem(409, { code: "people.already_merged", detail: "already merged" }), t),
  ).toBe("已经合并过");
});

test("an unknown code shows the server's detail, then the status, then the general sentence", () => {
  expect(problemMessage(new Problem(400, { code: "x.y", detail: "name the column" }), t)).toBe(
    "name the column",
  );
  expect(problemMessage(new Problem(404, {}), t)).toBe("没有找到");
  expect(problemMessage(new Problem(418, {}), t)).toBe("出错了");
});

test("a lost connection is told apart from a defect", () => {
  expect(toProblem(new TypeError("Failed to fetch")).code).toBe("http.offline");
  expect(toProblem("x").code).toBe("http.unknown");
});

test("a response that is no JSON still makes a problem with its status", async () => {
  const problem = await problemOf(new Response("<html>", { status: 502 }));
  expect(problem).toMatchObject({ status: 502, code: "http.502" });
  const told = await problemOf(
    new Response(
      JSON.stringify({ code: "a.b", fields: [{ field: "name", message: "empty" }], request_id: "r1" }),
      { status: 400 },
    ),
  );
  expect(told).toMatchObject({ code: "a.b", requestId: "r1", fields: [{ field: "name", message: "empty" }] });
});
