// Which file a program's name stands for, found as execvp(3) finds it, then without links.

import { accessSync, constants, realpathSync, statSync } from "node:fs";
import { basename, resolve } from "node:path";
import type { Environment } from "./installation.ts";

export interface Program {
  /** Absolute and free of links: what is judged and run. */
  readonly path: string;
  /** The last part of the name before links were followed: programs such as busybox act by it. */
  readonly calledAs: string;
}

/**
 * The program, or why there is none: exit status 127 when it is not found, 126 when it may not be run, as shells say.
 */
export function resolveProgram(name: string, env: Environment, cwd: string): Program | 126 | 127 {
  if (name === "") return 127;
  const candidates = name.includes("/")
    ? [resolve(cwd, name)]
    : directoriesOf(env).map((directory) => resolve(cwd, directory, name));
  let failure: 126 | 127 = 127;
  for (const candidate of candidates) {
    const found = check(candidate);
    if (typeof found === "string") return { path: found, calledAs: basename(candidate) };
    if (found === 126) failure = 126;
  }
  return failure;
}

function check(candidate: string): string | 126 | 127 {
  try {
    const path = realpathSync(candidate);
    if (!statSync(path).isFile()) return 126;
    accessSync(path, constants.X_OK);
    return path;
  } catch (error) {
    return error instanceof Error && "code" in error && error.code === "EACCES" ? 126 : 127;
  }
}

/** An empty entry of PATH is the current directory; without PATH, execvp looks in the system's directories. */
function directoriesOf(env: Environment): readonly string[] {
  return (env["PATH"] ?? "/bin:/usr/bin").split(":").map((directory) => (directory === "" ? "." : directory));
}
