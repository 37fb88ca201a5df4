import { spawn } from "node:child_process";
import { closeSync, openSync, renameSync, writeFileSync } from "node:fs";
import { once } from "node:events";
import { expect, test } from "vitest";
import { withLock } from "../../gate/lock.ts";
import { expectGateError, install } from "./helper.ts";

test("the lock excludes another process and comes free when that is killed", async () => {
  const installation = install();
  const descriptor = openSync(installation.lock, "r+");
  // Holds the lock on a description of its own, as another gate would.
  const holder = spawn("/usr/bin/flock", ["-x", installation.lock, "sleep", "30"], { stdio: "ignore", detached: true });
  closeSync(descriptor);
  await new Promise((resolve) => setTimeout(resolve, 150));
  expectGateError("locked", () => withLock(installation, () => null, 0.3));
  if (holder.pid !== undefined) process.kill(-holder.pid, "SIGKILL");
  await once(holder, "exit");
  expect(withLock(installation, () => "held", 5)).toBe("held");
});

test("the lock is free again after a section that throws", () => {
  const installation = install();
  expect(() =>
    withLock(installation, () => {
      throw new Error("inside");
    }),
  ).toThrow("inside");
  expect(withLock(installation, () => 1, 1)).toBe(1);
});

test("a lock file that was replaced does not make two holders", () => {
  const installation = install();
  withLock(installation, () => {
    // Whoever comes next locks the new file: that is the one everybody finds.
    renameSync(installation.lock, `${installation.lock}.old`);
    writeFileSync(installation.lock, "", { mode: 0o600 });
  });
  expect(withLock(installation, () => 2, 1)).toBe(2);
});
