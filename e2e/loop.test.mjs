// The main job, in a browser, against the real binary: a file comes in, a person is found, parted again, chosen by a
// rule, followed up, and counted.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { launch, openPage, settled, shoot } from "./lib/browser.mjs";
import { CLINICS, events, LATER, PAID, PEOPLE } from "./lib/data.mjs";
import { signIn } from "./lib/seed.mjs";
import { LOGIN, PASSWORD, startServer } from "./lib/server.mjs";

let server;
let browser;
let page;
let complaints;

before(async () => {
  server = await startServer();
  browser = await launch();
  ({ page, complaints } = await openPage(browser, { url: server.url }));
});
after(async () => {
  await browser?.close();
  await server?.stop();
});

const button = (name) => page.getByRole("button", { name, exact: true });
const main = () => page.getByRole("main");

/** Chooses an option of a select by its text; a long list is narrowed by typing, as a person would. */
async function choose(label, option) {
  const box = page.getByRole("combobox", { name: label, exact: true });
  await box.click();
  if (await box.isEditable()) await box.fill(option);
  const list = page.locator(".ant-select-dropdown:not(.ant-select-dropdown-hidden)");
  await list.locator(".ant-select-item-option").filter({ hasText: option }).first().click();
}

async function upload(name, text) {
  await page
    .locator("input[type=file]")
    .setInputFiles({ name, mimeType: "text/csv", buffer: Buffer.from(text) });
}

async function count(name) {
  return (await page.locator(`[data-count=${name}]`).textContent()).trim();
}

async function importDone() {
  await main().getByText("已完成", { exact: true }).waitFor();
}

test("a wrong password is told, the right one opens the product", async () => {
  await page.goto("/");
  await page.getByLabel("账号").fill(LOGIN);
  await page.getByLabel("密码").fill("wrong-password");
  await button("登录").click();
  await page.getByRole("alert").waitFor();
  complaints.length = 0; // The browser itself reports the refused request.
  await page.getByLabel("密码").fill(PASSWORD);
  await button("登录").click();
  await page.getByRole("navigation", { name: "主导航" }).first().waitFor();
  await settled(page);
});

test("the clinics are made", async () => {
  await page.goto("/settings/clinics");
  for (const { code, name } of CLINICS) {
    await button("新建门店").click();
    const dialog = page.getByRole("dialog", { name: "新建门店" });
    await dialog.getByLabel("编号").fill(code);
    await dialog.getByLabel("名称").fill(name);
    await dialog.getByRole("button", { name: "保存" }).click();
    await dialog.waitFor({ state: "hidden" });
    await main().getByRole("cell", { name, exact: true }).waitFor();
  }
});

test("a file of customers is mapped, tried and imported; the bad row is told with its line", async () => {
  await page.goto("/intake/imports/new");
  await page.getByLabel("新数据源的名称").fill("诊所软件");
  await upload("客户名单.csv", PEOPLE);
  await page.getByText("预览前 6 行").waitFor();
  await button("试运行").click();
  await main().getByText("可导入 5，拒收 1").waitFor();
  await main().getByRole("cell", { name: "7", exact: true }).waitFor();
  await shoot(page, "loop-dry-run");
  await button("开始导入").click();
  await importDone();
  assert.equal(await count("inserted"), "5");
  assert.equal(await count("rejected"), "1");
  const download = page.waitForEvent("download");
  await page.getByRole("link", { name: "下载拒收行" }).click();
  assert.match((await download).suggestedFilename(), /\.csv$/);
});

test("the same file again changes nothing", async () => {
  await page.goto("/intake/imports/new");
  await upload("客户名单.csv", PEOPLE);
  await button("试运行").click();
  await button("开始导入").click();
  await importDone();
  assert.equal(await count("inserted"), "0");
  assert.equal(await count("unchanged"), "5");
});

test("a customer is found by initials, and is one person out of two records", async () => {
  await page.keyboard.press("Control+k");
  await page.getByRole("combobox", { name: /搜索客户/ }).fill("wxm");
  await page
    .getByRole("option", { name: /王晓明/ })
    .first()
    .waitFor();
  await page.keyboard.press("Enter");
  await page.getByRole("heading", { level: 1, name: "王晓明" }).waitFor();
  await main().getByRole("cell", { name: "A001" }).waitFor();
  await main().getByRole("cell", { name: "B001" }).waitFor();
  await settled(page);
  await shoot(page, "loop-person");
});

test("a shared phone makes a household, not a merge", async () => {
  await main().getByRole("link", { name: "王小宝" }).waitFor();
});

test("records that are not this person are parted, and the split is kept with its reason", async () => {
  await button("拆分").click();
  const dialog = page.getByRole("dialog", { name: "拆分档案" });
  await dialog.getByRole("checkbox", { name: /B001/ }).check();
  await dialog.getByLabel("原因").fill("身份证登记有误");
  await dialog.getByRole("button", { name: "拆分" }).click();
  await dialog.waitFor({ state: "hidden" });
  await main().getByRole("cell", { name: "B001" }).waitFor({ state: "detached" });
  await main().getByText("身份证登记有误").waitFor();
  await page.goto("/people?q=wxm");
  await main().getByRole("link", { name: "王晓明" }).nth(1).waitFor();
  assert.equal(await main().getByRole("link", { name: "王晓明" }).count(), 2);
});

test("a withdrawn consent is written down and shown", async () => {
  await main().getByRole("link", { name: "王晓明" }).first().click();
  await button("登记").click();
  const dialog = page.getByRole("dialog", { name: "联系授权" });
  await choose("渠道", "全部渠道");
  await choose("状态", "拒绝或撤回");
  await dialog.getByLabel("依据").fill("电话里说不要再联系");
  await dialog.getByRole("button", { name: "保存" }).click();
  await dialog.waitFor({ state: "hidden" });
  await main().getByText("拒绝或撤回", { exact: true }).waitFor();
});

test("a segment is built with a live count and saved", async () => {
  await page.goto("/segments/new");
  await page.getByLabel("名称").fill("女性客户");
  await button("移除条件").click();
  await button("加条件").click();
  await page.getByRole("menuitem", { name: "属性" }).click();
  await choose("属性", "性别");
  await choose("取值", "女");
  await page.locator("[data-testid=live-count][data-settled=true]").filter({ hasText: /^2\b/ }).waitFor();
  await shoot(page, "loop-segment");
  await button("保存").click();
  await page.getByRole("heading", { level: 1, name: "女性客户" }).waitFor();
  await main().getByRole("link", { name: "李雅婷" }).waitFor();
  await page.getByRole("button", { name: /李雅婷 为什么在这里/ }).click();
  await page.getByRole("dialog").getByText("符合规则").waitFor();
  await page.keyboard.press("Escape");
});

test("whoever enters the segment from now on becomes a task, which is done with its outcome", async () => {
  await button("建触达计划").click();
  await page.getByLabel("名称").fill("新客回访");
  await page.getByLabel("任务事项").fill("致电新客户");
  await button("保存").click();
  await page.getByRole("heading", { level: 1, name: "新客回访" }).waitFor();
  await page.goto("/intake/imports/new");
  await upload("新客.csv", LATER);
  await button("试运行").click();
  await button("开始导入").click();
  await importDone();
  await page.goto("/tasks?owner=all");
  const task = main().getByRole("listitem").filter({ hasText: "赵敏" });
  // The worker makes the task; the page is read again once it is there.
  await page.evaluate(async () => {
    for (;;) {
      const answer = await fetch("/api/tasks?state=open&owner=all");
      if ((await answer.json()).items.some(({ person }) => person.name === "赵敏")) return;
    }
  });
  await page.reload();
  await task.getByRole("button", { name: "完成" }).click();
  const dialog = page.getByRole("dialog");
  await dialog.getByRole("radio", { name: "已预约" }).check();
  await dialog.getByRole("button", { name: "完成" }).click();
  await dialog.waitFor({ state: "hidden" });
  await task.waitFor({ state: "detached" });
  await page.goto("/tasks?owner=all&state=done");
  await task.getByText("已预约").waitFor();
  await shoot(page, "loop-tasks");
});

test("payments come in as events, and the number on the page leads to them", async () => {
  await page.goto("/intake/imports/new");
  await upload("收费.csv", events(new Date()));
  await page.getByRole("radio", { name: "一个事件" }).check();
  const target = (column, option) => choose(`「${column}」导入为`, option);
  await target("客户编号", "客户编号");
  await target("类型", "事件类型");
  await target("时间", "发生时间");
  await target("门店", "门店");
  await target("金额", "事件字段");
  await page.getByLabel("「金额」的名称").fill("amount");
  await target("项目", "事件字段");
  await page.getByLabel("「项目」的名称").fill("item");
  await page.getByLabel("「类型」的取值对照").fill("就诊 = visit.closed\n收费 = payment.received");
  await button("试运行").click();
  await main().getByText("可导入 7，拒收 0").waitFor();
  await button("开始导入").click();
  await importDone();

  await page.goto("/overview");
  await settled(page);
  const tile = main().getByRole("link").filter({ hasText: PAID }).first();
  await tile.waitFor();
  await shoot(page, "loop-overview");
  await tile.click();
  await page.getByRole("heading", { level: 1 }).waitFor();
  await main().getByText("公式").first().waitFor();
  await main()
    .getByRole("row")
    .filter({ hasText: "9,800" })
    .getByRole("button", { name: /^看明细：/ })
    .click();
  const drawer = page.getByRole("dialog");
  await drawer.getByText("9,800.00").waitFor();
  await shoot(page, "loop-drill");
  await drawer.getByRole("link", { name: "李雅婷" }).first().click();
  await page.getByRole("heading", { level: 1, name: "李雅婷" }).waitFor();
});

test("a segment asks for different values, for what did not follow, and for the top of everybody", async () => {
  const people = (count) =>
    page
      .locator("[data-testid=live-count][data-settled=true]")
      .filter({ hasText: new RegExp(`^${count}\\b`) })
      .waitFor();
  await page.goto("/segments/new");
  await page.getByLabel("名称").fill("消费靠前的客户");
  await button("移除条件").click();
  await button("加条件").click();
  await page.getByRole("menuitem", { name: "事件" }).click();
  await choose("事件", "收款");
  await choose("时间窗", "有史以来");
  await choose("衡量", "不同取值数");
  await choose("字段", "项目");
  await people(1);
  await main().getByText("收款的不同项目不少于 2 个").waitFor();
  await choose("衡量", "之后没有发生");
  await choose("后续事件", "收款");
  await page.getByLabel("数量").fill("3");
  await people(3);
  await shoot(page, "loop-sequence");
  await page.getByLabel("数量").fill("30");
  await people(0);
  await choose("衡量", "合计");
  await choose("比较方式", "位于前");
  await people(1);
  await main().getByText("收款的金额合计位于前 20%").waitFor();
  await main().getByText("陈子涵").waitFor();
  await button("保存").click();
  await page.getByRole("heading", { level: 1, name: "消费靠前的客户" }).waitFor();
  await main().getByRole("link", { name: "陈子涵" }).waitFor();
});

test("a segment that is put away is found among the archived and comes back", async () => {
  const { call } = await signIn(server.url);
  const { id } = await call("POST", "/api/segments", {
    name: "男性客户",
    rule: { attr: "gender", is: "male" },
  });
  await page.goto(`/segments/${id}`);
  await button("归档").click();
  await page.getByRole("dialog").getByRole("button", { name: "归档" }).click();
  await button("恢复人群「男性客户」").waitFor();
  await page.goto("/segments");
  await main().getByRole("link", { name: "女性客户" }).waitFor();
  assert.equal(await main().getByRole("link", { name: "男性客户" }).count(), 0);
  await main().getByText("已归档", { exact: true }).click();
  await button("恢复人群「男性客户」").click();
  await main().getByText("没有归档的人群").waitFor();
  await main().getByText("使用中", { exact: true }).click();
  await main().getByRole("link", { name: "男性客户" }).waitFor();
});

test("nothing was complained about on the way", () => {
  assert.deepEqual(complaints, []);
});
