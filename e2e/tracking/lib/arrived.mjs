// What must have arrived after a client library made one call of each type.
import assert from "node:assert/strict";

/** The calls: what each library is asked to send. */
export const CALLS = {
  userId: "user-1",
  anonymousId: "anon-1",
  previousId: "old-1",
  groupId: "group-1",
  traits: { name: "王小明", phone: "13912345678", level: "gold" },
  track: {
    event: "payment.received",
    properties: { amount: "128.50", item: "洗牙", email: "a@example.com" },
  },
  page: { name: "首页", properties: { url: "https://example.com/price?phone=13912345678", title: "价格" } },
  screen: { name: "预约", properties: { step: 2 } },
  group: { name: "种植病友群" },
};

/** Checks the six events of a source; `without` names types that the library does not have. */
export async function assertArrived(installation, source, without = []) {
  const kinds = {
    identify: "identity.declared",
    track: "payment.received",
    page: "page.viewed",
    screen: "screen.viewed",
    group: "group.joined",
    alias: "identity.declared",
  };
  const expected = Object.entries(kinds)
    .filter(([type]) => !without.includes(type))
    .map(([, kind]) => kind);
  const events = await installation.events(source, expected.length);
  assert.deepEqual(events.map((event) => event.kind).sort(), expected.sort(), source);
  assert.deepEqual(await installation.rejects(source), []);
  assert.equal(
    new Set(events.map((event) => event.message_id)).size,
    events.length,
    "each has its own message id",
  );
  for (const event of events) {
    const age = Math.abs(Date.now() - Date.parse(event.at));
    assert.ok(age < 120_000, `${source} ${event.kind} happened ${event.at}`);
    assert.ok(event.message_id.length > 8 && !event.message_id.startsWith("none-"), event.message_id);
  }
  const one = (kind) => events.find((event) => event.kind === kind);
  const payment = one("payment.received");
  assert.deepEqual(payment.amount, { minor: 12_850, currency: "CNY" });
  assert.deepEqual(payment.props, { item: "洗牙" }, "the e-mail address stays out of the log");
  if (!without.includes("page")) assert.equal(one("page.viewed").props.url, "https://example.com/price");
  if (!without.includes("screen")) assert.equal(one("screen.viewed").props.name, "预约");
  if (!without.includes("group")) assert.equal(one("group.joined").props.group, "group-1");
  const log = JSON.stringify(events);
  for (const personal of ["13912345678", "王小明", "a@example.com"]) {
    assert.ok(!log.includes(personal), `${source}: ${personal} is in the log`);
  }
}
