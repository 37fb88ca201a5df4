// What `npm start` runs after its set-up: it ends by itself, shows what it promises, and leaves nothing behind.

import { spawnSync } from "node:child_process";
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { root, scratchFolder } from "./pawl.ts";

const scratch = scratchFolder();
afterAll(scratch.remove);

test("the incident", () => {
  const { status, stdout, stderr } = spawnSync(process.execPath, [join(root, "scripts/demo/incident.mjs")], {
    encoding: "utf8",
    env: { ...process.env, TMPDIR: scratch.path },
    input: "",
    // It ends within a minute on a machine that does nothing else; other tests run beside this one.
    timeout: 110_000,
  });
  expect({ status, stderr }).toEqual({ status: 0, stderr: "" });
  for (const text of [
    "$ echo hello",
    "targets 5 resource types",
    "pawl approve",
    "in a pseudo-terminal of its own",
    "called with destroy once",
    "The ledger verifies",
  ]) {
    expect(stdout).toContain(text);
  }
  expect(readdirSync(scratch.path)).toEqual([]);
}, 120_000);
