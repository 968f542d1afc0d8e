import { cleanup, render, screen } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { afterEach, beforeAll, expect, test, vi } from "vitest";
import { texts } from "@/app/texts";
import { startI18n } from "@/lib/i18n";
import type { ListState } from "@/lib/list";
import { Problem } from "@/lib/problem";
import { DataTable } from "./DataTable";

beforeAll(() => {
  vi.stubGlobal("matchMedia", () => ({
    matches: true,
    addListener() {},
    removeListener() {},
    addEventListener() {},
    removeEventListener() {},
  }));
  void startI18n(texts);
});
afterEach(cleanup);

type Row = { id: string; name: string };
const none: ListState<Row> = {
  rows: undefined,
  total: undefined,
  error: undefined,
  retry: () => {},
  more: undefined,
  loadingMore: false,
};
const show = (list: ListState<Row>) =>
  render(
    <DataTable
      list={list}
      columns={[{ key: "name", title: "姓名", dataIndex: "name" }]}
      rowKey={(row) => row.id}
      label="客户"
      empty={{ title: "没有客户" }}
    />,
  );

test("while it loads it says so", () => {
  show(none);
  expect(screen.getByText("正在加载")).toBeDefined();
});

test("an error shows its sentence and can be retried", async () => {
  const retry = vi.fn();
  show({ ...none, error: new Problem(503, {}), retry });
  expect(screen.getByRole("alert").textContent).toContain("服务暂时不可用");
  await userEvent.click(screen.getByRole("button", { name: /重\s?试/ }));
  expect(retry).toHaveBeenCalledOnce();
});

test("nothing is told apart from not yet", () => {
  show({ ...none, rows: [] });
  expect(screen.getByText("没有客户")).toBeDefined();
});

test("rows, and the way to more of them", async () => {
  const more = vi.fn();
  show({ ...none, rows: [{ id: "1", name: "王晓明" }], more });
  expect(screen.getByRole("cell", { name: "王晓明" })).toBeDefined();
  await userEvent.click(screen.getByRole("button", { name: "加载更多" }));
  expect(more).toHaveBeenCalledOnce();
});
