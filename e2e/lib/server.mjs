// Starts the real binary on an empty folder and a free port, and stops it again.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

export const LOGIN = "admin";
export const PASSWORD = "correct-horse-battery";
const READY_WITHIN_MS = 60_000;

function binary() {
  const path =
    process.env.CARELOOP_BIN ?? fileURLToPath(new URL("../../target/debug/careloop", import.meta.url));
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

/** A running server: its address, and `stop`. What it wrote is shown when it does not come up. */
export async function startServer({ command = "serve", readyWithinMs = READY_WITHIN_MS } = {}) {
  const folder = await mkdtemp(join(tmpdir(), "careloop-e2e-"));
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  const child = spawn(binary(), [command], {
    cwd: folder,
    env: {
      PATH: process.env.PATH,
      HOME: folder,
      CARELOOP_DATA_DIR: join(folder, "data"),
      CARELOOP_LISTEN: `127.0.0.1:${port}`,
      CARELOOP_ADMIN_PASSWORD: PASSWORD,
    },
    stdio: ["ignore", "pipe", "pipe"],
  });
  let wrote = "";
  for (const stream of [child.stdout, child.stderr]) stream.on("data", (chunk) => (wrote += chunk));
  const exited = once(child, "exit");
  const stop = async () => {
    if (child.exitCode === null) child.kill("SIGTERM");
    await exited;
    await rm(folder, { recursive: true, force: true });
  };
  const deadline = Date.now() + readyWithinMs;
  while (!(await answers(`${url}/readyz`))) {
    if (child.exitCode !== null || Date.now() > deadline) {
      await stop();
      throw new Error(`the server did not become ready:\n${wrote}`);
    }
    await new Promise((resolve) => setImmediate(resolve));
  }
  return { url, stop, log: () => wrote };
}
