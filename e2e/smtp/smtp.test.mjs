// Touch by e-mail through a real mail server: once, also when the program is killed while it sends.
import assert from "node:assert/strict";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { Installation, until } from "../tracking/lib/installation.mjs";
import { lapse, MailServer } from "./mail-server.mjs";

let mail;
let installation;
let writeKey;
let csrf;
let plan;

before(async () => {
  mail = await MailServer.start();
  installation = await Installation.create();
  const smtp = [
    "[smtp]",
    'host = "127.0.0.1"',
    `port = ${mail.port}`,
    'tls = "none"',
    'from = "诊环 <care@example.com>"',
  ];
  await writeFile(join(installation.folder, "careloop.toml"), `${smtp.join("\n")}\n`);
  writeKey = await installation.addSource("app");
  await start();
  const rule = { event: "visit.closed", within: "30d", count: { gte: 1 } };
  const segment = await call("POST", "/api/segments", { name: "visited", rule });
  plan = await call("POST", "/api/touch-plans", {
    name: "thanks",
    segment_id: segment.id,
    action: "email",
    email: { subject: "{{ chain }} 感谢您", body: "{{ name }}，您好" },
    quiet_hours: { from: "00:00", to: "00:00" },
    cap_days: 0,
  });
});

after(async () => {
  await installation?.remove();
  await mail?.stop();
});

async function start() {
  await installation.start();
  await installation.logIn();
  ({ csrf } = await installation.get("/api/session"));
}

async function call(method, path, body) {
  const headers = { cookie: installation.cookie, "content-type": "application/json", "x-csrf-token": csrf };
  const answer = await fetch(installation.url + path, { method, headers, body: JSON.stringify(body) });
  const text = await answer.text();
  assert.ok(answer.ok, `${method} ${path}: ${answer.status} ${text}`);
  return JSON.parse(text);
}

/** A customer who agreed to e-mail comes and leaves: from then on they are in the segment. */
async function visit(userId) {
  const traits = { name: "王小明", email: `${userId}@example.com` };
  assert.equal(
    await installation.send(writeKey, [{ type: "identify", userId, traits, messageId: `i-${userId}` }]),
    200,
  );
  const consent = { channel: "email", state: "granted", proof: "form" };
  await until(`the record of ${userId}`, async () => {
    const { items } = await installation.get(`/api/people?q=${userId}@example.com`);
    return items.length > 0;
  });
  await call("PUT", `/api/people/${encodeURIComponent(`app:${userId}`)}/consents`, consent);
  const event = { type: "track", event: "visit.closed", userId, messageId: `v-${userId}` };
  assert.equal(await installation.send(writeKey, [event]), 200);
}

/** The newest touch of the plan, once it has this state. */
const touched = (state, reason = null) =>
  until(`a touch that is ${state}`, async () => {
    const { items } = await installation.get(`/api/touch-plans/${plan.id}/intents`);
    return items[0]?.state === state && items[0].reason === reason && items[0];
  });

test("who enters a segment gets one e-mail", async () => {
  await visit("anna");
  const intent = await touched("sent");
  const [letter, ...more] = mail.to("anna@example.com");
  assert.deepEqual(more, []);
  assert.equal(letter.subject, "Careloop 感谢您");
  assert.equal(letter.text.trim(), "王小明，您好");
  assert.equal(letter.message_id, `<${intent.id}@example.com>`);
});

test("a mail server that is busy is asked again later", async () => {
  await mail.be("busy");
  await visit("bert");
  await touched("held", "server_busy");
  assert.deepEqual(mail.to("bert@example.com"), []);
  await mail.be("take");
});

test("a kill while an e-mail leaves never sends it again", async () => {
  await mail.be("hold");
  const read = mail.next(({ to }) => to?.includes("carl@example.com"));
  await visit("carl");
  await read;
  await installation.stop("SIGKILL");
  await mail.be("take");
  await start();
  await touched("sending");
  await lapse(join(installation.folder, "data", "careloop.db"));
  const { id } = await touched("unknown", "interrupted");
  await visit("dora");
  await until("the next e-mail", () => mail.to("dora@example.com").length > 0);
  assert.equal(mail.to("carl@example.com").length, 1);
  const settled = await call("POST", `/api/intents/${id}/settle`, { state: "sent" });
  assert.equal(settled.reason, "settled");
  assert.equal(mail.to("carl@example.com").length, 1);
});
