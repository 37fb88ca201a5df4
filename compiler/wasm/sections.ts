// The custom sections of a compiled policy: what it says about itself, as UTF-8 JSON, for `pawl inspect` and for a
// host that wants to refuse it before running it.
//
//   pawl.policy   { format, abi, name, compiler, sourceDigest, sections }
//   pawl.rules    [{ name, source, line, column }]
//   pawl.reads    { variables, marks }
//   pawl.limits   { memoryBytes, inputBytesMax, sessionBytes }
//
// `sections` lists the other ones, so that a host refuses a module that says more than it understands.

import type { PolicyIr } from "../ir/ir.ts";
import { sha256Hex } from "../source/sha256.ts";
import { positionAt } from "../source/source.ts";

/** Version of the interface; stdlib/core/decide.ts has the same number. */
export const ABI = 1;
/** Version of the sections. */
export const FORMAT = 1;

export interface PolicySections {
  readonly format: number;
  readonly abi: number;
  readonly name: string;
  readonly compiler: string;
  /** SHA-256 in hex over the names and digests of the sources. */
  readonly sourceDigest: string;
  /** Places are 1-based. */
  readonly rules: readonly {
    readonly name: string;
    readonly source: string;
    readonly line: number;
    readonly column: number;
  }[];
  /** Environment variables that a decision may read, sorted. */
  readonly variables: readonly string[];
  readonly marks: readonly string[];
  readonly limits: PolicyLimits;
}

export interface PolicyLimits {
  readonly memoryBytes: number;
  readonly inputBytesMax: number;
  readonly sessionBytes: number;
}

export interface Section {
  readonly name: string;
  readonly contents: Uint8Array;
}

/** What a policy says about itself. */
export function describePolicy(ir: PolicyIr, compiler: string, limits: PolicyLimits): PolicySections {
  return {
    format: FORMAT,
    abi: ABI,
    name: ir.name,
    compiler,
    sourceDigest: sha256Hex(ir.sources.map(({ name, digest }) => `${name}\0${digest}\n`).join("")),
    rules: ir.rules.map(({ name, span }) => {
      const source = ir.sources[span.source];
      return { name, source: source?.name ?? "", ...positionAt(source?.lines ?? [0], span.start) };
    }),
    variables: variablesRead(ir),
    marks: ir.marks,
    limits,
  };
}

export function writeSections(policy: PolicySections): Section[] {
  const { format, abi, name, compiler, sourceDigest, rules, variables, marks, limits } = policy;
  const others: readonly (readonly [string, unknown])[] = [
    ["pawl.rules", rules],
    ["pawl.reads", { variables, marks }],
    ["pawl.limits", limits],
  ];
  const head = { format, abi, name, compiler, sourceDigest, sections: others.map(([section]) => section) };
  const encoder = new TextEncoder();
  return [["pawl.policy", head] as const, ...others].map(([section, value]) => ({
    name: section,
    contents: encoder.encode(JSON.stringify(value)),
  }));
}

/** Reads what `writeSections` wrote out of a module's bytes; null when it has no such sections. */
export function readSections(module: Uint8Array): PolicySections | null {
  const sections = new Map(customSections(module).map(({ name, contents }) => [name, contents]));
  const read = (name: string): unknown => {
    const contents = sections.get(name);
    if (contents === undefined) return undefined;
    try {
      return JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(contents));
    } catch {
      return undefined;
    }
  };
  const head = read("pawl.policy");
  const [rules, reads, limits] = ["pawl.rules", "pawl.reads", "pawl.limits"].map(read);
  if (!isObject(head) || head["format"] !== FORMAT || !Array.isArray(rules) || !isObject(reads) || !isObject(limits))
    return null;
  // The format's number says that these are the members that `writeSections` wrote.
  return { ...head, rules, ...reads, limits } as unknown as PolicySections;
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** The custom sections in a module's binary form (WebAssembly core specification, section 5.5). */
function customSections(module: Uint8Array): Section[] {
  const found: Section[] = [];
  const isModule = [0, 0x61, 0x73, 0x6d, 1, 0, 0, 0].every((byte, index) => module[index] === byte);
  let at = isModule ? 8 : module.length;
  const number = (): number => {
    let value = 0;
    for (let shift = 0; shift < 35; shift += 7) {
      const byte = module[at++] ?? 0;
      value += (byte & 0x7f) * 2 ** shift;
      if (byte < 0x80) break;
    }
    return value;
  };
  while (at < module.length) {
    const id = module[at++];
    const size = number();
    const end = at + size;
    if (end > module.length) break;
    if (id === 0) {
      const length = number();
      const name = new TextDecoder().decode(module.subarray(at, at + length));
      found.push({ name, contents: module.slice(at + length, end) });
    }
    at = end;
  }
  return found;
}

/** Variables that the policy declares, that a condition reads, and HOME, which `~` reads. */
function variablesRead(ir: PolicyIr): string[] {
  const names = new Set<string>(["HOME", ...ir.variables.flatMap((variable) => variable.names)]);
  collectVariables(ir, names);
  return [...names].sort();
}

function collectVariables(node: unknown, names: Set<string>): void {
  if (Array.isArray(node)) {
    for (const child of node) collectVariables(child, names);
  } else if (isObject(node)) {
    if (node["kind"] === "env" && typeof node["name"] === "string") names.add(node["name"]);
    for (const child of Object.values(node)) collectVariables(child, names);
  }
}
