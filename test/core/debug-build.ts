// The debug build of the core, compiled when its sources are newer, and the readers that tests use.

import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, readdirSync, renameSync, statSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const root = dirname(dirname(dirname(fileURLToPath(import.meta.url))));
const core = join(root, "stdlib/core");
const output = join(root, "stdlib/generated/debug.wasm");

/** What stdlib/core/debug.ts exports. */
export interface DebugCore {
  readonly memory: WebAssembly.Memory;
  debug_memory(): number;
  debug_input(): number;
  debug_events(): number;
  debug_event_count(): number;
  debug_class(byte: number): number;
  debug_parse(length: number): number;
  debug_parse_more(offset: number, length: number): number;
  debug_here_document(length: number): number;
  debug_json(length: number): number;
  debug_json_root(): number;
  debug_json_kind(node: number): number;
  debug_json_member(object: number, key: number, keyLength: number): number;
  debug_json_pointer(node: number): number;
  debug_json_length(node: number): number;
  debug_json_first(container: number): number;
  debug_json_next(node: number): number;
  debug_json_key_pointer(node: number): number;
  debug_json_key_length(node: number): number;
  debug_json_count(container: number): number;
}

const PAGE_BYTES = 65536;

/** The bytes of the debug build. */
export function debugModule(): Uint8Array<ArrayBuffer> {
  if (!existsSync(output) || statSync(output).mtimeMs < newestSource()) compile();
  return new Uint8Array(readFileSync(output));
}

export function debugCore(): DebugCore {
  const instance = new WebAssembly.Instance(new WebAssembly.Module(debugModule()), {});
  // The debug entry exports exactly these.
  const debug = instance.exports as unknown as DebugCore;
  const missing = debug.debug_memory() - debug.memory.buffer.byteLength;
  if (0 < missing) debug.memory.grow(Math.ceil(missing / PAGE_BYTES));
  return debug;
}

/** Writes bytes where the readers expect them. */
export function writeInput(debug: DebugCore, bytes: Uint8Array): void {
  new Uint8Array(debug.memory.buffer).set(bytes, debug.debug_input());
}

function newestSource(): number {
  const files = ["debug.ts", "characters.ts", "heap.ts", "layout.ts", "limits.ts"].map((name) => join(core, name));
  for (const folder of ["json", "shell"]) {
    for (const name of readdirSync(join(core, folder))) files.push(join(core, folder, name));
  }
  return Math.max(...files.map((file) => statSync(file).mtimeMs));
}

/** Several test processes may compile at once: each writes a file of its own and moves it into place. */
function compile(): void {
  mkdirSync(dirname(output), { recursive: true });
  const own = `${output}.${process.pid}`;
  execFileSync(
    process.execPath,
    [
      join(root, "node_modules/assemblyscript/bin/asc.js"),
      "stdlib/core/debug.ts",
      "--outFile",
      own,
      "--runtime",
      "stub",
      "--use",
      "abort=",
      "--memoryBase",
      "1024",
      "-O3",
      "--converge",
      "--disable",
      "nontrapping-f2i",
    ],
    { stdio: "inherit", cwd: root },
  );
  renameSync(own, output);
}
