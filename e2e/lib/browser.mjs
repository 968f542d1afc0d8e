// Debian's Chromium, and what every page has to keep: no console errors, no sideways scroll, nothing for axe to find.
import assert from "node:assert/strict";
import { mkdirSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { chromium } from "playwright-core";
import { LOGIN, PASSWORD } from "./server.mjs";

const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const out = fileURLToPath(new URL("../out", import.meta.url));
mkdirSync(out, { recursive: true });

const FLAGS = [
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
];

export const DESKTOP = { width: 1440, height: 900 };
export const PHONE = { width: 390, height: 844 };

/** With `LANGUAGE` the browser's own parts (the fields for days and times) speak the language too. */
export const launch = (language = "zh-CN") =>
  chromium.launch({
    executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
    args: [...FLAGS, `--lang=${language}`],
    env: { ...process.env, LANGUAGE: language.replace("-", "_") },
  });

/** A page in a language and size, with a list of everything it complained about. */
export async function openPage(browser, { url, viewport = DESKTOP, language = "zh-CN" }) {
  const context = await browser.newContext({
    viewport,
    locale: language,
    reducedMotion: "reduce",
    baseURL: url,
    acceptDownloads: true,
    bypassCSP: true,
  });
  await context.addInitScript((chosen) => localStorage.setItem("careloop.language", chosen), language);
  context.setDefaultTimeout(20_000);
  const page = await context.newPage();
  const complaints = [];
  page.on("console", (message) => {
    if (message.type() === "error" || message.type() === "warning") complaints.push(message.text());
  });
  page.on("pageerror", (error) => complaints.push(String(error)));
  return { context, page, complaints };
}

/** A page on which staff are logged in. */
export async function openAsStaff(browser, url) {
  const opened = await openPage(browser, { url });
  const { page, complaints } = opened;
  await page.goto("/");
  await page.getByLabel("账号").fill(LOGIN);
  await page.getByLabel("密码").fill(PASSWORD);
  await page.getByRole("button", { name: "登录", exact: true }).click();
  await page.getByRole("navigation", { name: "主导航" }).first().waitFor();
  complaints.length = 0; // The browser itself reports that nobody was signed in at first.
  return opened;
}

/** The page has read what it shows: a heading stands, nothing is loading. */
export async function settled(page) {
  await page.locator("h1").first().waitFor();
  await page.waitForFunction(() => !document.querySelector("[aria-busy=true]"));
  await page.evaluate(() => document.fonts.ready);
  await page.waitForFunction(() => document.getAnimations().every((one) => one.playState !== "running"));
}

export const shoot = (page, name) => page.screenshot({ path: join(out, `${name}.png`) });

/** Fails with what axe found, each with the element it found it on. */
export async function assertAccessible(page, where) {
  if (!(await page.evaluate(() => "axe" in window))) await page.addScriptTag({ content: axe });
  const violations = await page.evaluate(async () => {
    const found = await window.axe.run(document, { resultTypes: ["violations"] });
    return found.violations.map(
      ({ id, help, nodes }) => `${id}: ${help}: ${nodes.map(({ html }) => html.slice(0, 200)).join(" | ")}`,
    );
  });
  assert.deepEqual(violations, [], `axe on ${where}`);
}

/** Neither the document nor the part that scrolls is wider than the window. */
export async function assertNoSidewaysScroll(page, where) {
  const wide = await page.evaluate(() =>
    [document.documentElement, document.querySelector("main")]
      .filter((element) => element && element.scrollWidth > element.clientWidth)
      .map((element) => `${element.tagName} ${element.scrollWidth} > ${element.clientWidth}`),
  );
  assert.deepEqual(wide, [], `sideways scroll on ${where}`);
}
