// Files that survive a crash: a reader finds the old bytes or the new ones, never a part.

import { randomBytes } from "node:crypto";
import {
  closeSync,
  constants,
  fstatSync,
  fsyncSync,
  openSync,
  readSync,
  renameSync,
  unlinkSync,
  writeSync,
} from "node:fs";
import { basename, dirname, join } from "node:path";
import { GateError, systemCode } from "./gate-error.ts";
import { stateFileBytesMax } from "./limits.ts";

const remedyUnwritable = "free some space or correct the permissions, then try again";

/** Replaces a file: temporary file beside it, fsync, rename, fsync of the directory. */
export function writeDurably(path: string, content: string | Uint8Array, mode = 0o600): void {
  const temporary = join(dirname(path), `.${basename(path)}.${process.pid}.${randomBytes(4).toString("hex")}.tmp`);
  try {
    const descriptor = openSync(temporary, constants.O_CREAT | constants.O_EXCL | constants.O_WRONLY, mode);
    try {
      writeAll(descriptor, typeof content === "string" ? Buffer.from(content, "utf8") : content);
      fsyncSync(descriptor);
    } finally {
      closeSync(descriptor);
    }
    renameSync(temporary, path);
    syncDirectory(dirname(path));
  } catch (error) {
    removeQuietly(temporary);
    throw new GateError("unwritable", `cannot write ${path} (${systemCode(error) ?? "failed"})`, remedyUnwritable);
  }
}

/** Moves a file, so that after a crash it is in exactly one of both places. */
export function moveDurably(from: string, to: string): void {
  try {
    renameSync(from, to);
    syncDirectory(dirname(to));
    if (dirname(from) !== dirname(to)) syncDirectory(dirname(from));
  } catch (error) {
    throw new GateError(
      "unwritable",
      `cannot move ${from} to ${to} (${systemCode(error) ?? "failed"})`,
      remedyUnwritable,
    );
  }
}

/** Removes a file; one that is not there is fine. */
export function removeDurably(path: string): void {
  try {
    unlinkSync(path);
    syncDirectory(dirname(path));
  } catch (error) {
    if (systemCode(error) === "ENOENT") return;
    throw new GateError("unwritable", `cannot remove ${path} (${systemCode(error) ?? "failed"})`, remedyUnwritable);
  }
}

/** The bytes of a regular file of the gate, or null when there is none. Follows no link in the last component. */
export function readStateFile(path: string, bytesMax = stateFileBytesMax): Buffer<ArrayBuffer> | null {
  try {
    return readRegularFile(path, bytesMax, constants.O_NOFOLLOW);
  } catch (error) {
    if (systemCode(error) === "ENOENT") return null;
    if (error instanceof GateError) throw error;
    throw new GateError(
      "unreadable",
      `cannot read ${path} (${systemCode(error) ?? "failed"})`,
      "correct its owner and permissions",
    );
  }
}

/** Reads a regular file of at most `bytesMax`; never waits on a pipe or a device. */
export function readRegularFile(path: string, bytesMax: number, flags = 0): Buffer<ArrayBuffer> {
  const descriptor = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK | flags);
  try {
    const stat = fstatSync(descriptor);
    if (!stat.isFile()) throw new GateError("unreadable", `${path} is not a regular file`, "put a regular file there");
    if (bytesMax < stat.size)
      throw new GateError("limit", `${path} is longer than ${bytesMax} bytes`, "use a shorter file");
    return readUpTo(descriptor, stat.size, bytesMax, path);
  } finally {
    closeSync(descriptor);
  }
}

/** Reads to the end, in one piece where the file has the size that it said. */
function readUpTo(descriptor: number, sizeBytes: number, bytesMax: number, path: string): Buffer<ArrayBuffer> {
  let buffer = Buffer.allocUnsafe(Math.max(sizeBytes + 1, 64 * 1024));
  let total = 0;
  for (;;) {
    const length = readSync(descriptor, buffer, total, buffer.length - total, null);
    if (length === 0) return buffer.subarray(0, total);
    total += length;
    // The file can grow while it is read.
    if (bytesMax < total)
      throw new GateError("limit", `${path} is longer than ${bytesMax} bytes`, "use a shorter file");
    if (total === buffer.length) buffer = Buffer.concat([buffer, Buffer.allocUnsafe(buffer.length)]);
  }
}

export function syncDirectory(path: string): void {
  const descriptor = openSync(path, constants.O_RDONLY | constants.O_DIRECTORY);
  try {
    fsyncSync(descriptor);
  } finally {
    closeSync(descriptor);
  }
}

function writeAll(descriptor: number, bytes: Uint8Array): void {
  let done = 0;
  while (done < bytes.length) {
    const written = writeSync(descriptor, bytes, done);
    if (written === 0) throw new Error("nothing could be written");
    done += written;
  }
}

function removeQuietly(path: string): void {
  try {
    unlinkSync(path);
  } catch {
    // The first error is the one to report; a temporary file is never read.
  }
}
