// The unmodified client libraries of npm against the real binary.
import { after, before, test } from "node:test";
import { Analytics as CustomerIo } from "@customerio/cdp-analytics-node";
import { jitsuAnalytics } from "@jitsu/js";
import Rudder from "@rudderstack/rudder-sdk-node";
import { Analytics as Segment } from "@segment/analytics-node";
import LegacySegment from "analytics-node";
import { assertArrived, CALLS } from "./lib/arrived.mjs";
import { Installation, until } from "./lib/installation.mjs";

let installation;

before(async () => {
  installation = await Installation.create();
  await installation.start();
  await installation.logIn();
});

after(() => installation.remove());

const { userId, anonymousId, previousId, groupId, traits, track, page, screen, group } = CALLS;

/** The six calls of an interface in Segment's shape. */
function callAll(analytics) {
  analytics.identify({ userId, anonymousId, traits });
  analytics.track({ userId, ...track });
  analytics.page({ userId, ...page });
  analytics.screen({ userId, ...screen });
  analytics.group({ userId, groupId, traits: group });
  analytics.alias({ previousId, userId });
}

test("@segment/analytics-node", async () => {
  const writeKey = await installation.addSource("segment");
  const analytics = new Segment({ writeKey, host: installation.url });
  callAll(analytics);
  await analytics.closeAndFlush();
  await assertArrived(installation, "segment");
});

test("@segment/analytics-node, one event per request", async () => {
  const writeKey = await installation.addSource("segment-single");
  const analytics = new Segment({ writeKey, host: installation.url, flushAt: 1 });
  callAll(analytics);
  await analytics.closeAndFlush();
  await assertArrived(installation, "segment-single");
});

test("analytics-node 6, the old library", async () => {
  const writeKey = await installation.addSource("segment-legacy");
  const analytics = new LegacySegment(writeKey, { host: installation.url });
  callAll(analytics);
  await analytics.flush();
  await assertArrived(installation, "segment-legacy");
});

test("@rudderstack/rudder-sdk-node, gzip as a form", async () => {
  const writeKey = await installation.addSource("rudder");
  const analytics = new Rudder(writeKey, { dataPlaneUrl: installation.url });
  callAll(analytics);
  await new Promise((resolve) => analytics.flush(resolve));
  await assertArrived(installation, "rudder");
});

test("@customerio/cdp-analytics-node, no sentAt", async () => {
  const writeKey = await installation.addSource("customerio");
  const analytics = new CustomerIo({ writeKey, host: installation.url });
  callAll(analytics);
  await analytics.closeAndFlush();
  await assertArrived(installation, "customerio");
});

test("@jitsu/js, its own path and header", async () => {
  const writeKey = await installation.addSource("jitsu");
  // The library insists on a second half.
  const analytics = jitsuAnalytics({ host: installation.url, writeKey: `${writeKey}:unused`, fetch });
  await analytics.identify(userId, traits);
  await analytics.track(track.event, track.properties);
  const events = await installation.events("jitsu", 2);
  const kinds = events.map((event) => event.kind);
  if (!kinds.includes("identity.declared") || !kinds.includes("payment.received"))
    throw new Error(kinds.join());
});

test("the browser library's way: settings, then text/plain with the key inside", async () => {
  const writeKey = await installation.addSource("browser");
  const settings = await (await fetch(`${installation.url}/v1/projects/${writeKey}/settings`)).json();
  const { apiHost, protocol } = settings.integrations["Segment.io"];
  const answer = await fetch(`${protocol}://${apiHost}/t`, {
    method: "POST",
    headers: { "content-type": "text/plain", origin: "https://clinic.example" },
    body: JSON.stringify({
      writeKey,
      userId,
      ...track,
      messageId: "ajs-next-1",
      sentAt: new Date().toISOString(),
    }),
  });
  if (answer.headers.get("access-control-allow-origin") !== "*")
    throw new Error("a page of another origin may not send");
  await assertArrived(installation, "browser", ["identify", "page", "screen", "group", "alias"]);
});

test("a client that went away for the time of a restart delivers everything once", async () => {
  const writeKey = await installation.addSource("patient");
  const analytics = new Segment({ writeKey, host: installation.url, flushAt: 5, maxRetries: 10 });
  const port = new URL(installation.url).port;
  for (let n = 0; n < 10; n += 1) analytics.track({ userId, event: "x", messageId: `before-${n}` });
  await until("the first events", async () => (await installation.events("patient", 10)).length === 10);
  await installation.stop("SIGKILL");
  for (let n = 0; n < 10; n += 1) analytics.track({ userId, event: "x", messageId: `after-${n}` });
  await installation.start({ port });
  await installation.logIn();
  await analytics.closeAndFlush();
  const events = await installation.events("patient", 20);
  if (events.length !== 20) throw new Error(`${events.length} events arrived`);
});
