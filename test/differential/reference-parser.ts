// The shell parser of the core for the reference evaluator: compiles the core's debug entry, once for each state of
// its sources, and keeps the module between test runs.

import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import type { ShellParser } from "../../stdlib/shell-tree.ts";
import { shellParser } from "../../stdlib/shell-tree.ts";

const root = dirname(dirname(dirname(fileURLToPath(import.meta.url))));
const core = join(root, "stdlib/core");
const cache = join(root, "node_modules/.cache/pawl-debug-core");

export function referenceParser(): ShellParser {
  const sources = readdirSync(core, { recursive: true, encoding: "utf8" }).filter((name) => name.endsWith(".ts")).sort();
  const digest = createHash("sha256");
  for (const name of sources) digest.update(`${name}\0`).update(readFileSync(join(core, name)));
  const wasm = join(cache, `${digest.digest("hex")}.wasm`);
  if (!existsSync(wasm)) compile(wasm);
  return shellParser(readFileSync(wasm));
}

function compile(wasm: string): void {
  mkdirSync(cache, { recursive: true });
  // Test files run in parallel: each writes a file of its own, and the last one to rename wins.
  const own = `${wasm}.${process.pid}`;
  const asc = join(root, "node_modules/assemblyscript/bin/asc.js");
  const options = ["--outFile", own, "--runtime", "stub", "--use", "abort=", "--memoryBase", "1024", "--initialMemory", "256", "--disable", "nontrapping-f2i"];
  execFileSync(process.execPath, [asc, join(core, "debug.ts"), ...options], { stdio: "pipe" });
  renameSync(own, wasm);
}
