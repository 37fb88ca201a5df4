// What the operating system says about files, in words.

import { closeSync, openSync, readSync, realpathSync, statSync } from "node:fs";
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

/** The bytes of a file, or of a descriptor when one is given; a file without end is refused like one that is too long. */
export function readInput(
  path: string,
  maxBytes: number,
  { descriptor, help }: { readonly descriptor?: number; readonly help?: string } = {},
): Uint8Array {
  try {
    const file = descriptor ?? openSync(path, "r");
    try {
      return readUpTo(file, path, maxBytes);
    } finally {
      if (descriptor === undefined) closeSync(file);
    }
  } catch (error) {
    throw error instanceof CommandError ? error : cannotRead(path, error, help);
  }
}

function readUpTo(file: number, path: string, maxBytes: number): Uint8Array {
  const chunks: Uint8Array[] = [];
  for (let length = 0; ;) {
    const chunk = new Uint8Array(Math.min(CHUNK_BYTES, maxBytes + 1 - length));
    const read = readSync(file, chunk);
    if (read === 0) return Buffer.concat(chunks);
    chunks.push(chunk.subarray(0, read));
    length += read;
    if (maxBytes < length) throw new CommandError(`cannot read ${named(path)}: it has more than ${maxBytes} bytes`);
  }
}

const CHUNK_BYTES = 1 << 16;

/** The error of a file that cannot be read. */
export function cannotRead(path: string, error: unknown, help?: string): CommandError {
  const reason = systemCode(error) === "ENOENT" ? "there is no such file" : reasonOf(error);
  return new CommandError(`cannot read ${named(path)}: ${reason}`, help === undefined ? {} : { help });
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
