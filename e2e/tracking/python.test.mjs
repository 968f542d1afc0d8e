// The unmodified client libraries of PyPI against the real binary, in a virtual environment of their own.
import { execFile } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { assertArrived, CALLS } from "./lib/arrived.mjs";
import { Installation } from "./lib/installation.mjs";

const run = promisify(execFile);
const here = (name) => fileURLToPath(new URL(`python/${name}`, import.meta.url));
let installation;
let environment;

before(async () => {
  environment = await mkdtemp(join(tmpdir(), "careloop-python-"));
  await run("python3", ["-m", "venv", environment]);
  const pip = join(environment, "bin", "pip");
  await run(pip, [
    "install",
    "--quiet",
    "--disable-pip-version-check",
    "--requirement",
    here("requirements.txt"),
  ]);
  installation = await Installation.create();
  await installation.start();
  await installation.logIn();
});

after(async () => {
  await installation?.remove();
  await rm(environment, { recursive: true, force: true });
});

for (const library of ["segment", "segment-gzip", "rudder", "customerio"]) {
  test(`PyPI ${library}`, async () => {
    const writeKey = await installation.addSource(library);
    const python = join(environment, "bin", "python");
    await run(python, [here("send.py"), library, installation.url, writeKey, JSON.stringify(CALLS)]);
    await assertArrived(installation, library);
  });
}
