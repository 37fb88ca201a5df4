// The files of the repository, for tests about them.

import { execFileSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

export const root = dirname(dirname(dirname(fileURLToPath(import.meta.url))));

/** Every file that git tracks or would track, as sorted POSIX paths from the root. */
export function repositoryFiles(): readonly string[] {
  const output = execFileSync("git", ["ls-files", "-z", "--cached", "--others", "--exclude-standard"], {
    cwd: root,
    encoding: "utf8",
  });
  const names = output.split("\0").filter((name) => name !== "" && existsSync(join(root, name)));
  return [...new Set(names)].toSorted((left, right) => (left < right ? -1 : 1));
}

export function read(name: string): string {
  return readFileSync(join(root, name), "utf8");
}

export function exists(name: string): boolean {
  return existsSync(join(root, name));
}
