// What was acknowledged survives a killed process and a full disk, and nothing is stored twice.
import assert from "node:assert/strict";
import { afterEach, beforeEach, test } from "node:test";
import { Installation, until } from "./lib/installation.mjs";

const SENDERS = 6;
const BATCH = 40;
let installation;

beforeEach(async () => {
  installation = await Installation.create();
});

afterEach(() => installation.remove());

/** Batches that are sent until each is acknowledged, by several senders at once. */
class Load {
  constructor(key) {
    this.key = key;
    this.acknowledged = [];
    this.pending = [];
    this.made = 0;
  }

  batch() {
    const number = this.made;
    this.made += 1;
    return Array.from({ length: BATCH }, (_, n) => ({
      type: "track",
      event: "x",
      userId: `u-${(number * BATCH + n) % 500}`,
      messageId: `m-${number}-${n}`,
      properties: { text: "种植 ".repeat(20) },
    }));
  }

  /** Sends until `stopped(other)`; gives `other`, the statuses other than 200 it met. */
  async run(stopped) {
    const other = new Set();
    const sender = async () => {
      while (!stopped(other)) {
        const batch = this.pending.pop() ?? this.batch();
        const status = await installation.send(this.key, batch);
        if (status === 200) this.acknowledged.push(...batch.map((event) => event.messageId));
        else {
          this.pending.push(batch);
          other.add(status);
          if (status === 0) return;
        }
      }
    };
    await Promise.all(Array.from({ length: SENDERS }, sender));
    return other;
  }

  async finish() {
    while (this.pending.length > 0) {
      const batch = this.pending.pop();
      assert.equal(await installation.send(this.key, batch), 200);
      this.acknowledged.push(...batch.map((event) => event.messageId));
    }
  }

  /** Each acknowledged event stands in the log once, and no other does. */
  async check() {
    await installation.logIn();
    const events = await installation.events("web", this.acknowledged.length);
    assert.deepEqual(events.map((event) => event.message_id).sort(), [...this.acknowledged].sort());
  }
}

test("a process killed in the middle loses nothing that was acknowledged and repeats nothing", async () => {
  const load = new Load(await installation.addSource("web"));
  for (let round = 1; round <= 4; round += 1) {
    await installation.start();
    const running = load.run(() => false);
    await until("events", () => load.acknowledged.length >= round * 1_000);
    await installation.stop("SIGKILL");
    const other = await running;
    assert.ok(
      [...other].every((status) => status === 0),
      `statuses ${[...other]}`,
    );
  }
  await installation.start();
  await load.finish();
  await load.check();
});

test("a full disk refuses what it cannot store, and takes it when there is room", async () => {
  const load = new Load(await installation.addSource("web"));
  await installation.start({ fileBlocks: 3_000 });
  const other = await load.run((met) => met.size > 0);
  assert.deepEqual([...other], [503]);
  assert.ok(load.acknowledged.length > 0);
  await installation.stop("SIGKILL");
  await installation.start();
  await load.finish();
  await load.check();
});
