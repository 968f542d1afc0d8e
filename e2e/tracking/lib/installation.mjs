// An installation of the real binary in a folder of its own: started, killed, started again.
import { execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";

const LOGIN = "admin";
const PASSWORD = "correct-horse-battery";
const READY_WITHIN_MS = 60_000;
const PAGE = 200;
const run = promisify(execFile);

function binary() {
  const path =
    process.env.CARELOOP_BIN ?? fileURLToPath(new URL("../../../target/debug/careloop", import.meta.url));
  if (!existsSync(path)) throw new Error(`${path} does not exist; build it, or name another in CARELOOP_BIN`);
  return path;
}

async function freePort() {
  const probe = createServer().listen(0, "127.0.0.1");
  await once(probe, "listening");
  const { port } = probe.address();
  probe.close();
  await once(probe, "close");
  return port;
}

async function answers(url) {
  try {
    return (await fetch(url)).ok;
  } catch {
    return false;
  }
}

/** Repeats `check` until it gives something, or fails after `withinMs`. */
export async function until(what, check, withinMs = 30_000) {
  const deadline = Date.now() + withinMs;
  for (;;) {
    const found = await check();
    if (found) return found;
    if (Date.now() > deadline) throw new Error(`waited ${withinMs} ms in vain for ${what}`);
    await new Promise((resolve) => setImmediate(resolve));
  }
}

export class Installation {
  static async create() {
    const installation = new Installation();
    installation.folder = await mkdtemp(join(tmpdir(), "careloop-tracking-"));
    installation.env = {
      PATH: process.env.PATH,
      HOME: installation.folder,
      CARELOOP_DATA_DIR: join(installation.folder, "data"),
      CARELOOP_ADMIN_PASSWORD: PASSWORD,
    };
    await installation.cli("init");
    return installation;
  }

  /** Runs a command and gives its stdout, trimmed. */
  async cli(...args) {
    const { stdout } = await run(binary(), args, { cwd: this.folder, env: this.env });
    return stdout.trim();
  }

  /** The write key of a new http source. */
  addSource(name) {
    return this.cli("source", "add", name, "--kind", "http");
  }

  /** Starts the server on a free port or the given one; `fileBlocks` limits every file it writes, in blocks of 1,024 bytes. */
  async start({ fileBlocks, port: wanted } = {}) {
    const port = wanted ?? (await freePort());
    this.url = `http://127.0.0.1:${port}`;
    const env = { ...this.env, CARELOOP_LISTEN: `127.0.0.1:${port}` };
    const options = { cwd: this.folder, env, stdio: ["ignore", "pipe", "pipe"] };
    // With the signal ignored, a write past the limit fails like one on a full disk.
    const limited = `trap '' XFSZ; ulimit -f ${fileBlocks}; exec "$0" serve`;
    this.child =
      fileBlocks === undefined
        ? spawn(binary(), ["serve"], options)
        : spawn("bash", ["-c", limited, binary()], options);
    let wrote = "";
    for (const stream of [this.child.stdout, this.child.stderr])
      stream.on("data", (chunk) => (wrote += chunk));
    this.exited = once(this.child, "exit");
    const { child, url } = this;
    await until(
      "the server to become ready",
      async () => {
        if (child.exitCode !== null) throw new Error(`the server ended:\n${wrote}`);
        return answers(`${url}/readyz`);
      },
      READY_WITHIN_MS,
    );
  }

  /** Ends the process; SIGKILL leaves it no time for anything. */
  async stop(signal = "SIGTERM") {
    if (this.child && this.child.exitCode === null && this.child.signalCode === null) this.child.kill(signal);
    await this.exited;
  }

  async remove() {
    await this.stop();
    await rm(this.folder, { recursive: true, force: true });
  }

  async logIn() {
    const answer = await fetch(`${this.url}/api/session`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ login: LOGIN, password: PASSWORD }),
    });
    if (!answer.ok) throw new Error(`log-in failed: ${answer.status} ${await answer.text()}`);
    this.cookie = answer.headers.get("set-cookie").split(";")[0];
  }

  async get(path) {
    const answer = await fetch(this.url + path, { headers: { cookie: this.cookie } });
    if (!answer.ok) throw new Error(`GET ${path}: ${answer.status} ${await answer.text()}`);
    return answer.json();
  }

  /** Every item of a paged list. */
  async all(path) {
    const items = [];
    let cursor = "";
    do {
      const page = await this.get(`${path}${path.includes("?") ? "&" : "?"}limit=${PAGE}&cursor=${cursor}`);
      items.push(...page.items);
      cursor = page.next_cursor;
    } while (cursor);
    return items;
  }

  async sourceId(name) {
    const { items } = await this.get("/api/sources");
    return items.find((source) => source.name === name).id;
  }

  /** The events of a source, oldest first, once there are so many. */
  async events(sourceName, count) {
    const id = await this.sourceId(sourceName);
    const found = await until(`${count} events of ${sourceName}`, async () => {
      const events = await this.all(`/api/events?source_id=${id}`);
      return events.length >= count && events;
    });
    return found.reverse();
  }

  async rejects(sourceName) {
    return this.all(`/api/event-rejects?source_id=${await this.sourceId(sourceName)}`);
  }

  /** Sends a batch; the status, or 0 when nobody answered. */
  async send(key, batch) {
    try {
      const answer = await fetch(`${this.url}/v1/batch`, {
        method: "POST",
        headers: {
          authorization: `Basic ${Buffer.from(`${key}:`).toString("base64")}`,
          "content-type": "application/json",
        },
        body: JSON.stringify({ batch, sentAt: new Date().toISOString() }),
      });
      await answer.arrayBuffer();
      return answer.status;
    } catch {
      return 0;
    }
  }
}
