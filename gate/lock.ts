// One lock for everything that changes the gate's state, held by one process at a time and released by the kernel.
//
// The lock is an flock(2) on the lock file's open file description. Node has no call for it, so util-linux's (or
// busybox's) `flock` takes it on the descriptor that it inherits, and the description, shared with this process,
// keeps it until this process closes it or dies in any way.
//
// An abstract socket as a mutex costs 0.05 ms where this costs 3 to 7 ms (a spawn), but it is asynchronous, waits by
// polling, does not exclude processes of another network namespace, and any local user can take its name first. Beside
// the start of Node, 40 to 100 ms for each hook, the spawn is the smaller price.

import { spawnSync } from "node:child_process";
import { closeSync, constants, existsSync, fstatSync, openSync, statSync } from "node:fs";
import { GateError, systemCode } from "./gate-error.ts";
import type { Installation } from "./installation.ts";
import { lockWaitSeconds } from "./limits.ts";

/** Runs `section` alone. It must be synchronous: nothing of this process can then come between its steps. */
export function withLock<Result>(
  installation: Installation,
  section: () => Result,
  waitSeconds = lockWaitSeconds,
): Result {
  const descriptor = acquire(installation.lock, waitSeconds);
  try {
    return section();
  } finally {
    closeSync(descriptor);
  }
}

function acquire(path: string, waitSeconds: number): number {
  const deadline = Date.now() + waitSeconds * 1000;
  for (;;) {
    const descriptor = open(path);
    let held = false;
    try {
      lockDescriptor(descriptor, path, Math.max(0, deadline - Date.now()));
      // Whoever replaced the file while we waited has another lock than we have.
      held = isStill(path, descriptor);
    } finally {
      if (!held) closeSync(descriptor);
    }
    if (held) return descriptor;
  }
}

function lockDescriptor(descriptor: number, path: string, waitMilliseconds: number): void {
  const busy = () =>
    new GateError(
      "locked",
      `another process holds the gate's lock for too long (${path})`,
      "find out with `fuser` who holds it, and try again",
    );
  if (waitMilliseconds <= 0) throw busy();
  // The wait is bounded by killing the child: busybox's `flock` knows no option for it.
  const result = spawnSync(flockPath(), ["-x", "3"], {
    stdio: ["ignore", "ignore", "ignore", descriptor],
    env: {},
    timeout: waitMilliseconds,
    killSignal: "SIGKILL",
  });
  if (systemCode(result.error) === "ETIMEDOUT") throw busy();
  if (result.error !== undefined || result.status !== 0) {
    throw new GateError(
      "locked",
      `cannot lock ${path} (${systemCode(result.error) ?? `status ${result.status ?? result.signal}`})`,
      "check that the file system knows locks",
    );
  }
}

function flockPath(): string {
  // Fixed places: a PATH belongs to whoever started the process.
  const found = ["/usr/bin/flock", "/bin/flock"].find((path) => existsSync(path));
  if (found === undefined) throw new GateError("locked", "the program `flock` is missing", "install util-linux");
  return found;
}

function open(path: string): number {
  try {
    return openSync(path, constants.O_RDWR | constants.O_NOFOLLOW);
  } catch (error) {
    if (systemCode(error) === "ENOENT")
      throw new GateError("missing", `the gate's lock file is missing: ${path}`, "make it with `pawl install`");
    throw new GateError(
      "unreadable",
      `cannot open the gate's lock file ${path} (${systemCode(error) ?? "failed"})`,
      "correct its owner and permissions",
    );
  }
}

function isStill(path: string, descriptor: number): boolean {
  const ours = fstatSync(descriptor);
  try {
    const there = statSync(path);
    return ours.ino === there.ino && ours.dev === there.dev;
  } catch {
    return false;
  }
}
