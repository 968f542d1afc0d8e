// The pictures of the README and the guide: the demo chain in the real program, in both languages.
//   node pictures.mjs FOLDER   starts a demo of its own; with CARELOOP_URL it takes one that runs already
import assert from "node:assert/strict";
import { join } from "node:path";
import { DESKTOP, launch, openPage, PHONE, settled } from "./lib/browser.mjs";
import { CLINICS, PEOPLE } from "./lib/data.mjs";
import { bringNews } from "./lib/news.mjs";
import { signIn } from "./lib/seed.mjs";
import { startServer } from "./lib/server.mjs";

const [folder] = process.argv.slice(2);
assert(folder, "say where the pictures go: node pictures.mjs FOLDER");
/** Every account of the demo chain has it, as `careloop demo` says. */
const DEMO_PASSWORD = "welcome to careloop";
const DEMO_WITHIN_MS = 10 * 60_000;

/** What is pressed on the way to a picture, as a reader of either language sees it. */
const WORDS = {
  zh: { language: "zh-CN", dryRun: "试运行", unmerge: "拆分", drill: /^看明细：/ },
  en: { language: "en", dryRun: "Dry run", unmerge: "Unmerge", drill: /^Detail of / },
};

const button = (page, name) => page.getByRole("button", { name, exact: typeof name === "string" }).first();

/** The small file of the tests, in the clinics of the demo chain. */
async function upload(page, { clinics }) {
  const text = CLINICS.reduce((file, { name }, at) => file.replaceAll(name, clinics[at]), PEOPLE);
  await page
    .locator("input[type=file]")
    .setInputFiles({ name: "客户名单.csv", mimeType: "text/csv", buffer: Buffer.from(text) });
  await page.locator(".preview-table").waitFor();
}

/** Each picture: where it is taken, at what size, and what is done before. */
const pictures = ({ person, segment, plan, paid, clinics }) => ({
  overview: { at: "/overview", viewport: { width: 1440, height: 1240 } },
  "import-map": { at: "/intake/imports/new", act: (page) => upload(page, { clinics }) },
  "import-check": {
    at: "/intake/imports/new",
    act: async (page, words) => {
      await upload(page, { clinics });
      await button(page, words.dryRun).click();
      await page.getByRole("alert").waitFor();
    },
  },
  person: { at: `/people/${person}` },
  unmerge: {
    at: `/people/${person}`,
    act: async (page, words) => {
      await page.locator("#identity").scrollIntoViewIfNeeded();
      await button(page, words.unmerge).click();
      await page.getByRole("dialog").getByRole("checkbox").last().check();
    },
  },
  segment: { at: `/segments/${segment}/edit`, act: (page) => page.locator("[data-settled=true]").waitFor() },
  plan: { at: `/touch-plans/${plan}` },
  tasks: { at: "/tasks?owner=all" },
  "tasks-phone": { at: "/tasks?owner=all", viewport: PHONE },
  metric: {
    at: `/insight/${paid}?by=channel`,
    act: async (page, words) => {
      await button(page, words.drill).click();
      await page.getByRole("dialog").locator("li").first().waitFor();
    },
  },
  roles: { at: "/settings/roles?role=front_desk" },
  audit: { at: "/settings/audit" },
});

/** People of several records, with all that is known about them. */
async function mergedPeople(call) {
  const { items } = await call("GET", "/api/people?limit=200&sort=oldest");
  const merged = items.filter(({ record_count }) => record_count >= 3).slice(0, 20);
  return Promise.all(merged.map(({ id }) => call("GET", `/api/people/${id}`)));
}

/** One of each thing that is shown; the person is one who has a family. */
async function subjects(call) {
  const people = await mergedPeople(call);
  const plan = await bringNews(call, people.slice(1));
  const person = people.find(({ household }) => household?.members.length > 1) ?? people[0];
  const segments = (await call("GET", "/api/segments")).items;
  const segment = segments.find(({ rule }) => rule.all?.some((one) => one.event)) ?? segments[0];
  const paid = (await call("GET", "/api/metrics")).items.find(({ ledger }) => ledger === "paid");
  const clinics = (await call("GET", "/api/clinics")).items.map(({ name: clinic }) => clinic);
  return { person: person.id, segment: segment.id, plan: plan.id, paid: paid.id, clinics };
}

async function take(url, cookie, wanted, [suffix, words]) {
  const browser = await launch(words.language);
  const [name, ...value] = cookie.split("=");
  for (const [picture, { at, viewport = DESKTOP, act }] of Object.entries(wanted)) {
    const { context, page } = await openPage(browser, { url, viewport, language: words.language });
    await context.addCookies([{ name, value: value.join("="), url }]);
    await page.goto(at);
    await settled(page);
    await act?.(page, words);
    await settled(page);
    await page.screenshot({ path: join(folder, `${picture}.${suffix}.png`) });
    await context.close();
  }
  await browser.close();
}

const server = process.env.CARELOOP_URL
  ? { url: process.env.CARELOOP_URL, stop: () => {} }
  : await startServer({ command: "demo", readyWithinMs: DEMO_WITHIN_MS });
try {
  const { call, cookie } = await signIn(server.url, DEMO_PASSWORD);
  const wanted = pictures(await subjects(call));
  for (const words of Object.entries(WORDS)) await take(server.url, cookie, wanted, words);
} finally {
  await server.stop();
}
