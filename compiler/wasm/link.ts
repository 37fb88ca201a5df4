// Puts the core and the policy's own functions and tables together into one module without imports.

import { coreBase64 } from "../../stdlib/generated/core.ts";
import { invariant } from "../source/invariant.ts";
import { WasmModule } from "./binaryen.ts";
import type { Segment } from "./binaryen.ts";

/** What a compiled policy exports: the interface of runtime/README.md. */
const PUBLIC: readonly string[] = [
  "pawl_abi",
  "pawl_decide",
  "pawl_input",
  "pawl_join",
  "pawl_report",
  "pawl_report_length",
  "pawl_session",
];
const PAGE_BYTES = 65_536;
/** Where the core's own statics begin (asc --memoryBase), and where its arenas do: STATICS_END of stdlib/core/layout.ts. */
const STATICS_START = 1024;
const STATICS_END = 65_536;

/** The core, opened for linking. */
export interface Core {
  readonly module: WasmModule;
  /** The internal name of each function that the core exports. */
  readonly functions: ReadonlyMap<string, string>;
  /** The internal name of each function that the core wants from the policy, by its name there. */
  readonly imports: ReadonlyMap<string, string>;
  /** Where the policy's tables go. */
  readonly dataAddress: number;
  /** Where the session's bytes are. */
  readonly sessionAddress: number;
}

export function openCore(): Core {
  const module = WasmModule.read(decodeBase64(coreBase64));
  const functions = new Map(module.exports().map(({ name, internal }) => [name, internal]));
  const imports = new Map<string, string>();
  for (const { internal, module: from, base } of module.imports()) {
    invariant(from === "policy", `the core imports ${from}.${base}`);
    imports.set(base, internal);
  }
  const address = (name: string): number => {
    const internal = functions.get(name);
    invariant(internal !== undefined, `the core exports no ${name}`);
    return module.constantOf(internal);
  };
  return { module, functions, imports, dataAddress: address("pawl_data"), sessionAddress: address("pawl_session") };
}

/**
 * Frees the core's import of this name, so that a function can be defined in its place; gives the function's internal
 * name. An optimised core has no import that it does not use; the function is then one that nobody calls.
 */
export function takeImport(core: Core, name: string): string {
  const internal = core.imports.get(name);
  if (internal === undefined) return `unused_${name}`;
  core.module.removeFunction(internal);
  return internal;
}

/** Gives the module its memory, its tables and its exports. Returns the memory's bytes. */
export function finishModule(core: Core, data: Uint8Array, session: Uint8Array): number {
  const { module } = core;
  const statics = module.segments();
  for (const { address, bytes } of statics) {
    const isInside = STATICS_START <= address && address + bytes.length <= STATICS_END;
    invariant(isInside, `the core's statics at ${address} reach into its arenas`);
  }
  const segments: Segment[] = [
    ...statics,
    { address: core.sessionAddress, bytes: session },
    { address: core.dataAddress, bytes: data },
  ];
  const pages = Math.ceil((core.dataAddress + data.length) / PAGE_BYTES);
  module.setMemory(pages, segments);
  for (const name of core.functions.keys()) {
    if (!PUBLIC.includes(name)) module.removeExport(name);
  }
  return pages * PAGE_BYTES;
}

/** Standard base64, without the host's help. */
function decodeBase64(text: string): Uint8Array {
  const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  const values = new Uint8Array(128);
  for (let index = 0; index < alphabet.length; index++) values[alphabet.charCodeAt(index)] = index;
  const length = text.replace(/=+$/, "").length;
  const bytes = new Uint8Array((length * 3) >> 2);
  let buffer = 0;
  let bits = 0;
  let at = 0;
  for (let index = 0; index < length; index++) {
    buffer = ((buffer << 6) | (values[text.charCodeAt(index)] ?? 0)) & 0xfff;
    bits += 6;
    if (bits >= 8) {
      bits -= 8;
      bytes[at++] = (buffer >> bits) & 0xff;
    }
  }
  return bytes;
}
