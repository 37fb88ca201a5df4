// What the operating system says about files, in words.

import { realpathSync, statSync } from "node:fs";
import { systemCode } from "../gate/gate-error.ts";
import { CommandError } from "./exit.ts";

const REASONS: Readonly<Record<string, string>> = {
  EACCES: "permission denied",
  EEXIST: "it is there already",
  EISDIR: "it is a directory",
  ENAMETOOLONG: "the name is too long",
  ENOSPC: "no space is left",
  ENOTDIR: "a part of its path is no directory",
  EPERM: "permission denied",
  EROFS: "the file system is read-only",
};

/** The error of a file that cannot be read. */
export function cannotRead(path: string, error: unknown): CommandError {
  const reason = systemCode(error) === "ENOENT" ? "there is no such file" : reasonOf(error);
  return new CommandError(`cannot read ${named(path)}: ${reason}`);
}

/** The error of a file that cannot be written. */
export function cannotWrite(path: string, error: unknown): CommandError {
  const reason = systemCode(error) === "ENOENT" ? "there is no such directory" : reasonOf(error);
  return new CommandError(`cannot write ${named(path)}: ${reason}`);
}

/** What went wrong, without names of system calls where the cause is a common one. */
export function reasonOf(error: unknown): string {
  return REASONS[systemCode(error) ?? ""] ?? (error instanceof Error ? error.message : String(error));
}

/** The real path of a directory that the user names. */
export function requireDirectory(path: string): string {
  try {
    const real = realpathSync(path);
    if (statSync(real).isDirectory()) return real;
  } catch {
    // The message below says all that helps: whatever stands there, it is no directory to work in.
  }
  throw new CommandError(`there is no directory ${named(path)}`);
}

function named(path: string): string {
  return path === "" ? '""' : path;
}
