// Reading files of which the size says nothing.

import { existsSync, readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { readRegularFile } from "../../gate/durable-file.ts";
import { expectGateError } from "./helper.ts";

/** A regular file that says it is empty and holds some megabytes, which do not change. */
const SYMBOLS = "/proc/kallsyms";
const skip = !existsSync(SYMBOLS) || readFileSync(SYMBOLS).length < 1 << 17;

test.skipIf(skip)("a file that is longer than it said is read whole (skipped without /proc/kallsyms)", () => {
  const bytes = readFileSync(SYMBOLS);
  expect(readRegularFile(SYMBOLS, bytes.length).equals(bytes)).toBe(true);
  expectGateError("limit", () => readRegularFile(SYMBOLS, bytes.length - 1));
});
