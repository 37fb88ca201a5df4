// Runs the built `pawl` as a user does. `npm test` builds it first.

import { spawnSync } from "node:child_process";
import { mkdtempSync, realpathSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

export const root = dirname(dirname(dirname(fileURLToPath(import.meta.url))));

export interface Result {
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
}

export interface RunOptions {
  readonly cwd?: string;
  readonly input?: string | Uint8Array;
  readonly env?: Readonly<Record<string, string>>;
}

/** Runs `pawl` to its end. The environment holds PATH and HOME and what the caller adds. */
export function pawl(args: readonly string[], options: RunOptions = {}): Result {
  const { status, stdout, stderr, error } = spawnSync(process.execPath, [join(root, "dist/cli/main.js"), ...args], {
    cwd: options.cwd ?? root,
    input: options.input ?? "",
    env: { PATH: process.env["PATH"] ?? "", HOME: "/nonexistent", ...options.env },
    encoding: "utf8",
    timeout: 170_000,
    maxBuffer: 1 << 28,
  });
  if (error !== undefined) throw error;
  return { exitCode: status ?? -1, stdout, stderr };
}

/** A folder for one test file; `remove` takes it away. */
export function scratchFolder(): { readonly path: string; readonly remove: () => void } {
  const path = realpathSync(mkdtempSync(join(tmpdir(), "pawl-cli-")));
  return { path, remove: () => rmSync(path, { recursive: true, force: true }) };
}
