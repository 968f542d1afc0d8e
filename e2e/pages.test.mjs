// Every page, at a desk and on a phone, in both languages: axe finds nothing, the console is quiet, nothing scrolls
// sideways. A picture of each is left in out/.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import {
  assertAccessible,
  assertNoSidewaysScroll,
  DESKTOP,
  launch,
  openPage,
  PHONE,
  settled,
  shoot,
} from "./lib/browser.mjs";
import { seed } from "./lib/seed.mjs";
import { startServer } from "./lib/server.mjs";

let server;
let browser;
let made;

before(async () => {
  server = await startServer();
  browser = await launch();
  made = await seed(server.url);
});
after(async () => {
  await browser?.close();
  await server?.stop();
});

const pages = () => ({
  overview: "/overview",
  metrics: "/insight",
  metric: `/insight/${made.metric}`,
  people: "/people",
  person: `/people/${made.person}`,
  "identity-review": "/identity/review",
  "identity-samples": "/identity/review?tab=samples",
  "identity-quality": "/identity/quality",
  tasks: "/tasks?owner=all",
  segments: "/segments",
  "segments-archived": "/segments?show=archived",
  segment: `/segments/${made.segment}`,
  "segment-changes": `/segments/${made.segment}?tab=changes`,
  "segment-composition": `/segments/${made.segment}?tab=composition`,
  list: `/segments/${made.list}`,
  "list-history": `/segments/${made.list}?tab=history`,
  "segment-overlap": `/segments/${made.segment}?tab=overlap&with=${made.list}`,
  "segment-edit": `/segments/${made.segment}/edit`,
  "segment-new": "/segments/new",
  tags: "/tags",
  tag: `/tags/${made.tag}`,
  activities: "/activities",
  activity: `/activities/${made.activity.id}`,
  poster: `/activities/${made.activity.id}/poster`,
  "sign-in": `/sign-in/${made.activity.token}`,
  plans: "/touch-plans",
  plan: `/touch-plans/${made.plan}`,
  "plan-edit": `/touch-plans/${made.plan}/edit`,
  "plan-new": "/touch-plans/new",
  imports: "/intake/imports",
  "import-new": "/intake/imports/new",
  import: `/intake/imports/${made.run}`,
  sources: "/intake/sources",
  rejects: "/intake/rejects",
  staff: "/settings/staff",
  roles: "/settings/roles",
  "role-desk": "/settings/roles?role=front_desk",
  clinics: "/settings/clinics",
  chain: "/settings/chain",
  audit: "/settings/audit",
  missing: "/no-such-page",
});

for (const [size, viewport] of Object.entries({ desk: DESKTOP, phone: PHONE })) {
  for (const language of ["zh-CN", "en"]) {
    const open = () => openPage(browser, { url: server.url, viewport, language });

    test(`log-in, ${size}, ${language}`, async () => {
      const { context, page } = await open();
      await page.goto("/");
      await page.getByRole("textbox").first().waitFor();
      await settled(page);
      await assertAccessible(page, "log-in");
      await assertNoSidewaysScroll(page, "log-in");
      await shoot(page, `login-${size}-${language}`);
      await context.close();
    });

    test(`every page, ${size}, ${language}`, async (t) => {
      const { context, page, complaints } = await open();
      const [name, value] = made.cookie.split("=");
      await context.addCookies([{ name, value, url: server.url }]);
      for (const [at, path] of Object.entries(pages())) {
        await t.test(at, async () => {
          complaints.length = 0;
          await page.goto(path);
          await settled(page);
          await shoot(page, `${at}-${size}-${language}`);
          await assertAccessible(page, path);
          await assertNoSidewaysScroll(page, path);
          assert.deepEqual(complaints, [], `the console on ${path}`);
          assert.equal(
            await page
              .getByRole("alert")
              .filter({ hasText: /没有加载成功|could not be loaded/ })
              .count(),
            0,
            `${path} failed to load`,
          );
        });
      }
      await context.close();
    });

    test(`a trend of very many people tells how far it is, ${size}, ${language}`, async () => {
      const { context, page, complaints } = await open();
      const [name, value] = made.cookie.split("=");
      await context.addCookies([{ name, value, url: server.url }]);
      const counting = { percent: 40, days: [], values: [], people: 0, looked_at: 0 };
      let asked = 0;
      let answer = () => {};
      const later = new Promise((resolve) => {
        answer = resolve;
      });
      await page.route("**/api/tags/*/trend", async (route) => {
        asked += 1;
        if (asked === 1) return route.fulfill({ json: counting });
        await later;
        return route.continue();
      });
      await page.goto(`/tags/${made.tag}`);
      const progress = page.getByRole("progressbar", { name: /走势|trend/ });
      await progress.waitFor();
      assert.match(await progress.textContent(), /40/);
      await shoot(page, `trend-counting-${size}-${language}`);
      await assertAccessible(page, "a trend that is counted");
      await assertNoSidewaysScroll(page, "a trend that is counted");
      answer();
      await progress.waitFor({ state: "detached" });
      await settled(page);
      assert.ok(asked >= 2, "it asks again by itself");
      assert.deepEqual(complaints, []);
      await context.close();
    });
  }
}
