// Reads what a compiled policy says about itself from its custom sections (README.md lists them), and refuses a module
// that says anything this runtime does not know.

import { PolicyError } from "./policy-error.ts";
import type { PolicyInfo } from "./types.ts";

/** The version of the interface and of the sections that this runtime knows. */
const ABI = 1;
const FORMAT = 1;
const SECTIONS: readonly string[] = ["pawl.rules", "pawl.reads", "pawl.limits"];

export interface ModuleInfo extends PolicyInfo {
  /** Bytes of a session in the module's memory. */
  readonly sessionBytes: number;
}

export function readInfo(module: WebAssembly.Module): ModuleInfo {
  const [head] = WebAssembly.Module.customSections(module, "pawl.policy");
  if (head === undefined)
    throw new PolicyError("not-a-policy", "the module is no compiled policy: it has no section pawl.policy");
  const policy = readObject("pawl.policy", head);
  if (policy["abi"] !== ABI) {
    throw new PolicyError("abi", `the policy has interface ${String(policy["abi"])}, this runtime knows ${ABI}`);
  }
  if (policy["format"] !== FORMAT) {
    throw new PolicyError(
      "sections",
      `the policy's sections have format ${String(policy["format"])}, this runtime knows ${FORMAT}`,
    );
  }
  for (const name of list(policy, "sections", isText)) {
    if (!SECTIONS.includes(name))
      throw new PolicyError("sections", `the policy has a section ${name}, which this runtime does not know`);
  }
  const rules = { rules: section(module, "pawl.rules") };
  const reads = readObject("pawl.reads", bytesOf(module, "pawl.reads"));
  const limits = readObject("pawl.limits", bytesOf(module, "pawl.limits"));
  return {
    name: text(policy, "name"),
    abi: ABI,
    compiler: text(policy, "compiler"),
    sourceDigest: text(policy, "sourceDigest"),
    rules: list(rules, "rules", isRule),
    marks: list(reads, "marks", isText),
    variables: list(reads, "variables", isText),
    memoryBytes: size(limits, "memoryBytes"),
    inputBytesMax: size(limits, "inputBytesMax"),
    sessionBytes: size(limits, "sessionBytes"),
  };
}

type Members = Readonly<Record<string, unknown>>;

function bytesOf(module: WebAssembly.Module, name: string): ArrayBuffer {
  const [bytes, second] = WebAssembly.Module.customSections(module, name);
  if (bytes === undefined || second !== undefined)
    throw new PolicyError("sections", `the policy needs one section ${name}`);
  return bytes;
}

function section(module: WebAssembly.Module, name: string): unknown {
  return parse(name, bytesOf(module, name));
}

function parse(name: string, bytes: ArrayBuffer): unknown {
  try {
    return JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(bytes));
  } catch (error) {
    throw new PolicyError("sections", `the policy's section ${name} is not JSON`, { cause: error });
  }
}

function readObject(name: string, bytes: ArrayBuffer): Members {
  const value = parse(name, bytes);
  if (!isMembers(value)) throw new PolicyError("sections", `the policy's section ${name} is no object`);
  return value;
}

function isMembers(value: unknown): value is Members {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function isText(value: unknown): value is string {
  return typeof value === "string";
}

function isRule(value: unknown): value is PolicyInfo["rules"][number] {
  return (
    isMembers(value) &&
    isText(value["name"]) &&
    isText(value["source"]) &&
    Number.isInteger(value["line"]) &&
    Number.isInteger(value["column"])
  );
}

function text(members: Members, key: string): string {
  const value = members[key];
  if (!isText(value)) throw wrong(key);
  return value;
}

function size(members: Members, key: string): number {
  const value = members[key];
  if (typeof value !== "number" || !Number.isSafeInteger(value) || value < 0) throw wrong(key);
  return value;
}

function list<T>(members: Members, key: string, is: (value: unknown) => value is T): readonly T[] {
  const value = members[key];
  if (!Array.isArray(value) || !value.every(is)) throw wrong(key);
  return value;
}

function wrong(key: string): PolicyError {
  return new PolicyError("sections", `the policy says nothing usable about ${key}`);
}
