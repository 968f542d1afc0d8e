// Offline activities, in a browser, against the real binary: staff make one and show its code, a visitor signs in on a phone
// without a log-in, and stands among the attendees, tagged, on the page of a customer.
import assert from "node:assert/strict";
import { createRequire } from "node:module";
import { after, before, test } from "node:test";
import {
  assertAccessible,
  assertNoSidewaysScroll,
  launch,
  openAsStaff,
  openPage,
  PHONE,
  settled,
  shoot,
} from "./lib/browser.mjs";
import { seed, signIn } from "./lib/seed.mjs";
import { startServer } from "./lib/server.mjs";

let server;
let browser;
let page;
let complaints;
let call;
let phone;
let link;

before(async () => {
  server = await startServer();
  browser = await launch();
  await seed(server.url);
  ({ call } = await signIn(server.url));
  ({ page, complaints } = await openAsStaff(browser, server.url));
  phone = await openPage(browser, { url: server.url, viewport: PHONE });
});
after(async () => {
  await browser?.close();
  await server?.stop();
});

const button = (name) => page.getByRole("button", { name, exact: true });

/** Reads a QR code as a phone would: from its pixels. */
async function readCode(svg) {
  if (!(await page.evaluate(() => "jsQR" in window))) {
    await page.addScriptTag({ path: createRequire(import.meta.url).resolve("jsqr/dist/jsQR.js") });
  }
  return svg.evaluate(async (element) => {
    const image = new Image();
    image.src = `data:image/svg+xml,${encodeURIComponent(new XMLSerializer().serializeToString(element))}`;
    await image.decode();
    const side = 400;
    const canvas = new OffscreenCanvas(side, side).getContext("2d");
    canvas.fillStyle = "white";
    canvas.fillRect(0, 0, side, side);
    canvas.drawImage(image, 20, 20, side - 40, side - 40);
    return window.jsQR(canvas.getImageData(0, 0, side, side).data, side, side)?.data;
  });
}

test("staff make an activity that tags its visitors", async () => {
  await page.goto("/activities");
  await settled(page);
  await button("新建活动").click();
  const dialog = page.getByRole("dialog", { name: "新建活动" });
  await dialog.getByLabel("活动名称").fill("爱牙日讲座");
  await dialog.getByLabel("地点").fill("三楼多功能厅");
  await dialog.getByRole("button", { name: "加一个标签" }).click();
  const options = page.locator(
    ".ant-select-dropdown:not(.ant-select-dropdown-hidden) .ant-select-item-option",
  );
  await dialog.getByLabel("标签", { exact: true }).fill("VIP");
  await options.first().click();
  await dialog.getByLabel("标签值").click();
  await options.filter({ hasText: "是" }).first().click();
  await assertAccessible(page, "new activity");
  await shoot(page, "activity-new");
  await dialog.getByRole("button", { name: "保存" }).click();
  await page.getByRole("heading", { name: "爱牙日讲座" }).waitFor();
  await page.getByText("签到中").waitFor();
  await page.getByText("还没有人签到").waitFor();
});

test("its poster shows a code that leads to the visitors' page", async () => {
  await button("签到海报").click();
  const code = page.getByRole("img", { name: /^签到二维码/ });
  await code.locator("svg").waitFor();
  link = /指向 (\S+)$/.exec(await code.getAttribute("aria-label"))[1];
  assert.match(link, new RegExp(`^${server.url}/sign-in/[0-9a-f]{32}$`));
  assert.equal(await readCode(code.locator("svg")), link, "what a phone reads");
  await page.getByText(link).waitFor();
  await assertAccessible(page, "poster");
  await shoot(page, "poster");
});

test("a visitor is told what is missing, and signs in without a log-in", async () => {
  const { page: visitor } = phone;
  await visitor.goto(link);
  await settled(visitor);
  await visitor.getByRole("heading", { name: "爱牙日讲座" }).waitFor();
  await assertNoSidewaysScroll(visitor, "sign-in");
  await assertAccessible(visitor, "sign-in");
  await shoot(visitor, "sign-in");
  const submit = visitor.getByRole("button", { name: "签到", exact: true });
  await submit.click();
  for (const text of ["请填写姓名", "请填写手机号", "请先勾选同意隐私说明"]) {
    await visitor.getByText(text).waitFor();
  }
  await visitor.getByLabel("姓名").fill("林书豪");
  await visitor.getByLabel("手机号").fill("1380617");
  await visitor.getByLabel("我已阅读并同意隐私说明").check();
  await submit.click();
  await visitor.getByText("请填写完整的手机号，例如 13800001234。").waitFor();
  await visitor.getByLabel("手机号").fill("138 0617 4421");
  await submit.click();
  await visitor.getByText("签到成功").waitFor();
  await assertAccessible(visitor, "signed in");
  await shoot(visitor, "signed-in");
});

test("the same phone again looks the same and changes nothing", async () => {
  const { page: visitor } = phone;
  await visitor.getByRole("button", { name: "再签到一人" }).click();
  await visitor.getByLabel("姓名").fill("别人");
  await visitor.getByLabel("手机号").fill("13806174421");
  await visitor.getByLabel("我已阅读并同意隐私说明").check();
  await visitor.getByRole("button", { name: "签到", exact: true }).click();
  await visitor.getByText("签到成功").waitFor();
});

test("staff see the attendee at once, and the tag on their page", async () => {
  await page.goBack();
  await page.getByTestId("attendee-count").filter({ hasText: "1 人" }).waitFor();
  await page.getByText("138****4421").waitFor();
  await assertAccessible(page, "activity");
  await shoot(page, "activity");
  await page.getByRole("link", { name: "林书豪" }).click();
  await page.getByRole("heading", { name: "林书豪" }).first().waitFor();
  await page.waitForFunction(() =>
    [...document.querySelectorAll("button.chip")].some((chip) => chip.textContent.includes("线下活动到场")),
  );
  const vip = page.getByRole("button", { name: /^专属VIP服务/ }).first();
  await vip.click();
  await page.getByText("爱牙日讲座").first().waitFor();
  await shoot(page, "attendee");
});

test("a door that is closed says so, and its list holds who came", async () => {
  const { items } = await call("GET", "/api/activities");
  const { id, list_id } = items.find(({ name }) => name === "爱牙日讲座");
  await page.goto(`/activities/${id}`);
  await settled(page);
  await button("关闭签到").click();
  await page.getByRole("dialog").getByRole("button", { name: "关闭签到" }).click();
  await page.getByText("已关闭").waitFor();
  await phone.page.goto(link);
  await phone.page.getByText("签到已关闭，请询问现场工作人员。").waitFor();
  await page.goto(`/segments/${list_id}`);
  await page.getByRole("link", { name: "林书豪" }).waitFor();
  const unexpected = [...complaints, ...phone.complaints].filter((text) => !text.includes("400"));
  assert.deepEqual(unexpected, []);
});
