import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { act, renderHook, waitFor } from "@testing-library/react";
import { App } from "antd";
import type { ReactNode } from "react";
import { afterEach, beforeAll, expect, test, vi } from "vitest";
import { startI18n } from "@/lib/i18n";
import type { Pair } from "../reviewApi";
import { texts } from "../texts";
import { usePairQueue } from "./usePairQueue";

const pair = (name: string) => ({ a: { id: `rec_${name}1` }, b: { id: `rec_${name}2` } }) as Pair;
const pairs = ["a", "b", "c"].map(pair);

beforeAll(() => startI18n({ people: texts }));
afterEach(() => vi.unstubAllGlobals());

function start(answer: (request: Request) => Response) {
  const asked: { path: string; body: Record<string, unknown> | undefined }[] = [];
  vi.stubGlobal("fetch", async (request: Request) => {
    const text = await request.clone().text();
    asked.push({ path: new URL(request.url).pathname, body: text ? JSON.parse(text) : undefined });
    return answer(request);
  });
  const client = new QueryClient();
  const wrapper = ({ children }: { children: ReactNode }) => (
    <QueryClientProvider client={client}>
      <App>{children}</App>
    </QueryClientProvider>
  );
  const { result, rerender } = renderHook(({ list }) => usePairQueue(list, false), {
    wrapper,
    initialProps: { list: pairs },
  });
  const shown = () => result.current.current?.a.id;
  return { queue: result, rerender, shown, asked };
}

const created = () => Response.json({ id: "dec_1" }, { status: 201 });

test("a decision goes on at once, is written with its reason, and is undone by its id", async () => {
  const { queue, shown, asked } = start((request) =>
    request.url.endsWith("/withdraw") ? new Response(null, { status: 204 }) : created(),
  );
  act(() => queue.current.answer(true, "身份证一致"));
  expect(shown()).toBe("rec_b1");
  expect(queue.current.gone).toBe(1);
  act(() => queue.current.undo?.());
  await waitFor(() => expect(shown()).toBe("rec_a1"));
  expect(asked).toEqual([
    {
      path: "/api/identity/decisions",
      body: { record_a: "rec_a1", record_b: "rec_a2", same: true, reason: "身份证一致", sample: false },
    },
    { path: "/api/identity/decisions/withdraw", body: { ids: ["dec_1"] } },
  ]);
  expect(queue.current.undo).toBeUndefined();
});

test("a decision that was not written brings its pair back, after the one on screen", async () => {
  const { queue, shown } = start(() => Response.json({ code: "internal", detail: "" }, { status: 500 }));
  act(() => queue.current.answer(false, "两个人"));
  await waitFor(() => expect(queue.current.decided).toBe(0));
  expect(shown()).toBe("rec_b1");
  expect(queue.current.undo).toBeUndefined();
  act(() => queue.current.skip());
  expect(shown()).toBe("rec_a1");
});

test("what is on screen stays there when the list is read again", () => {
  const { queue, rerender, shown } = start(created);
  expect(shown()).toBe("rec_a1");
  rerender({ list: [pair("z"), ...pairs] });
  expect(shown()).toBe("rec_a1");
  act(() => queue.current.skip());
  expect(shown()).toBe("rec_z1");
});

test("what was skipped comes when it is asked for again", () => {
  const { queue, shown } = start(created);
  for (const _ of pairs) act(() => queue.current.skip());
  expect(shown()).toBeUndefined();
  expect(queue.current.skipped).toBe(3);
  act(() => queue.current.lookAgain());
  expect(shown()).toBe("rec_a1");
});
