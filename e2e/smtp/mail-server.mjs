// A real mail server (aiosmtpd, from PyPI) in a virtual environment of its own.
import { execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";

const run = promisify(execFile);
const here = (name) => fileURLToPath(new URL(`python/${name}`, import.meta.url));

async function freePort() {
  const probe = createServer().listen(0, "127.0.0.1");
  await once(probe, "listening");
  const { port } = probe.address();
  probe.close();
  await once(probe, "close");
  return port;
}

export class MailServer {
  /** Every e-mail the server has read, in order. */
  mails = [];

  static async start() {
    const server = new MailServer();
    server.environment = await mkdtemp(join(tmpdir(), "careloop-smtp-"));
    await run("python3", ["-m", "venv", server.environment]);
    const pip = join(server.environment, "bin", "pip");
    const quietly = ["--quiet", "--disable-pip-version-check"];
    await run(pip, ["install", ...quietly, "--requirement", here("requirements.txt")]);
    server.port = await freePort();
    const python = join(server.environment, "bin", "python");
    const stdio = ["pipe", "pipe", "inherit"];
    server.child = spawn(python, [here("server.py"), String(server.port)], { stdio });
    const told = server.next((line) => line.ready);
    createInterface({ input: server.child.stdout }).on("line", (line) => server.hear(JSON.parse(line)));
    await told;
    return server;
  }

  waiting = [];

  /** The first thing the server tells from now on that `wanted` accepts. */
  next(wanted) {
    return new Promise((resolve) => this.waiting.push({ wanted, resolve }));
  }

  hear(line) {
    if (line.to) this.mails.push(line);
    this.waiting = this.waiting.filter(({ wanted, resolve }) => {
      const found = wanted(line);
      if (found) resolve(line);
      return !found;
    });
  }

  /** `take`, `hold` or `busy`, from the next e-mail on. */
  async be(mode) {
    const told = this.next((line) => line.mode === mode);
    this.child.stdin.write(`${mode}\n`);
    await told;
  }

  /** The e-mails this address was sent. */
  to(address) {
    return this.mails.filter(({ to }) => to.includes(address));
  }

  async stop() {
    this.child?.kill("SIGKILL");
    await rm(this.environment, { recursive: true, force: true });
  }
}

/** Lets every lease of an installation run out. */
export const lapse = (database) => run("python3", [here("lapse.py"), database]);
