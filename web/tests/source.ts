import { readdirSync, readFileSync } from "node:fs";
import { join, relative } from "node:path";
import { fileURLToPath } from "node:url";

export const root = fileURLToPath(new URL("..", import.meta.url));

/** Every source file of ours, by its path below src/. Generated ones are not ours. */
export function sources(): { path: string; text: string }[] {
  const src = join(root, "src");
  return readdirSync(src, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && /\.tsx?$/.test(entry.name))
    .map((entry) => join(entry.parentPath, entry.name))
    .map((file) => ({ path: relative(src, file), text: readFileSync(file, "utf8") }))
    .filter(({ path }) => !path.startsWith("generated/"));
}
