// Who is who, decided by people: the review queue by keyboard, and the way back from the person's page.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { assertAccessible, launch, openPage, PHONE, settled, shoot } from "./lib/browser.mjs";
import { CLINICS, DOUBTS } from "./lib/data.mjs";
import { importFile, signIn, until } from "./lib/seed.mjs";
import { LOGIN, PASSWORD, startServer } from "./lib/server.mjs";

let server;
let browser;
let page;
let complaints;
let call;

before(async () => {
  server = await startServer();
  browser = await launch();
  ({ page, complaints } = await openPage(browser, { url: server.url }));
  ({ call } = await signIn(server.url));
  for (const clinic of CLINICS) await call("POST", "/api/clinics", clinic);
});
after(async () => {
  await browser?.close();
  await server?.stop();
});

const REASON = "电话核对过，是同一位";
const main = () => page.getByRole("main");
const button = (name) => main().getByRole("button", { name });
const progress = (text) => main().getByRole("status").filter({ hasText: text });
const value = (text) => main().getByRole("cell", { name: text, exact: true });

const doubts = async () => (await call("GET", "/api/identity/reviews")).open;
/** A decision is written behind the screen's back, which has gone on already. */
const written = (open) => until(doubts, (now) => now === open);
const peopleNamed = async (name) => (await call("GET", `/api/people?q=${encodeURIComponent(name)}`)).items;

test("without doubts the queue says so", async () => {
  await page.goto("/identity/review");
  await page.getByLabel("账号").fill(LOGIN);
  await page.getByLabel("密码").fill(PASSWORD);
  await page.getByRole("button", { name: "登录" }).click();
  await main().getByText("没有需要判断的档案").waitFor();
  complaints.length = 0; // The browser itself reports that nobody was logged in.
});

test("records of which nobody can know come into the queue, side by side with their evidence", async () => {
  const { source } = await call("POST", "/api/sources", { name: "前台登记", kind: "file" });
  await importFile(call, { source: source.id, name: "散客名单.csv", text: DOUBTS });
  assert.equal(await doubts(), 2);
  await page.reload();
  await progress("还有 2 对").waitFor();
  await value("孙浩然").waitFor();
  await value("孙浩").waitFor();
  await main()
    .getByRole("row", { name: /手机号相同/ })
    .waitFor();
  await settled(page);
  await shoot(page, "identity-queue");
});

test("a key decides and the next pair is there; another takes it back", async () => {
  await page.keyboard.press("n");
  await progress("还有 1 对 · 本次已判 1 对").waitFor();
  await value("何思齐").waitFor();
  await page.keyboard.press("u");
  await progress("还有 2 对").waitFor();
  await value("孙浩然").waitFor();
  assert.equal(await doubts(), 2);
});

test("a skipped pair waits", async () => {
  await page.keyboard.press("s");
  await value("何思齐").waitFor();
  await page.keyboard.press("s");
  await main().getByText("剩下的都跳过了").waitFor();
  await button("再看跳过的").click();
  await value("孙浩然").waitFor();
});

test("letters of a reason decide nothing; the reason is kept with the decision", async () => {
  const reason = main().getByLabel("理由");
  await reason.pressSequentially("yns");
  await value("孙浩然").waitFor();
  await reason.fill(REASON);
  await reason.press("Enter");
  await page.keyboard.press("y");
  await progress("还有 1 对 · 本次已判 1 对").waitFor();
  await page.keyboard.press("n");
  await main().getByText("没有需要判断的档案").waitFor();
  await written(0);
  await page.reload();
  await main().getByText("没有需要判断的档案").waitFor();
  assert.equal((await peopleNamed("孙浩")).length, 1);
  assert.equal((await peopleNamed("何思")).length, 2);
});

test("the person's page shows the decision and the evidence, and takes it back", async () => {
  const [{ id }] = await peopleNamed("孙浩");
  await page.goto(`/people/${id}`);
  await main().getByText(REASON).waitFor();
  await button(/^看证据：/)
    .first()
    .click();
  const evidence = page.getByRole("dialog", { name: "两份档案的证据" });
  await evidence.getByRole("row", { name: /手机号相同/ }).waitFor();
  await settled(page);
  await shoot(page, "identity-evidence");
  await assertAccessible(page, "the evidence of a link");
  await page.keyboard.press("Escape");
  await evidence.waitFor({ state: "hidden" });
  await button(`撤回判定：${REASON}`).click();
  await page.getByRole("dialog").getByRole("button", { name: "撤回" }).click();
  await page.getByText("已撤回判定").waitFor();
  await button(`撤回判定：${REASON}`).waitFor({ state: "detached" });
  const parted = await peopleNamed("孙浩");
  assert.equal(parted.length, 2);
  await button(`恢复判定：${REASON}`).click();
  await page.getByText("判定已恢复").waitFor();
  await button(`撤回判定：${REASON}`).waitFor();

  const other = parted.map((one) => one.id).find((one) => one !== id);
  await page.goto(`/people/${other}`);
  await page.waitForURL(`**/people/${id}?from=${other}`);
  await main().getByText(`你打开的编号 ${other} 已并入这位客户`).waitFor();
  const moves = main().getByRole("listitem").filter({ hasText: other });
  await moves.filter({ hasText: "拆自" }).first().waitFor();
  assert.equal(await moves.filter({ hasText: "并入" }).count(), 2, "merged, parted, merged again");
  await settled(page);
  await shoot(page, "identity-moves");
  await assertAccessible(page, "the history of an id");
  await button(`撤回判定：${REASON}`).click();
  await page.getByRole("dialog").getByRole("button", { name: "撤回" }).click();
  await button(`恢复判定：${REASON}`).waitFor();
  assert.equal((await peopleNamed("孙浩")).length, 2);
  await page.goto("/identity/review");
  await progress("还有 1 对").waitFor();
  await value("孙浩然").waitFor();
});

test("a spot check of a joined pair becomes an estimate", async () => {
  await page.keyboard.press("y");
  await main().getByText("没有需要判断的档案").waitFor();
  await written(0);
  const source = (await call("GET", "/api/sources")).items.find(({ name }) => name === "前台登记");
  const again = ["客户编号,姓名,手机号,门店", "D005,何思齐,13584029163,城东店"].join("\n");
  await importFile(call, { source: source.id, name: "补登.csv", text: again });
  await page.goto("/identity/review?tab=samples");
  await main().getByRole("cell", { name: "何思齐", exact: true }).first().waitFor();
  await page.keyboard.press("y");
  await main().getByText("没有待抽查的合并").waitFor();
  await until(
    () => call("GET", "/api/identity/quality"),
    ({ checked }) => checked.right === 1 && checked.wrong === 0,
  );
  await page.goto("/identity/quality");
  await main()
    .getByText(/抽查 1 对/)
    .waitFor();
  await settled(page);
  await shoot(page, "identity-quality-checked");
});

test("on a phone the buttons stay under the thumb", async () => {
  await page.setViewportSize(PHONE);
  const [{ id }] = await peopleNamed("孙浩");
  const { decisions } = await call("GET", `/api/people/${id}/identity`);
  const held = decisions.find((one) => !one.withdrawn_at);
  await call("POST", "/api/identity/decisions/withdraw", { ids: [held.id] });
  await page.goto("/identity/review");
  await value("孙浩然").waitFor();
  const { y, height } = await button("不是同一人").boundingBox();
  assert(y + height <= PHONE.height, "the button is on the screen");
  await button("不是同一人").click();
  await main().getByText("没有需要判断的档案").waitFor();
  await written(0);
});

test("nothing was complained about on the way", () => {
  assert.deepEqual(complaints, []);
});
