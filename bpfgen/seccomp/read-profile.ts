// Reading a filter that somebody else made, from bytes that may be anything: a raw filter or an OCI
// profile. What is not understood exactly is refused; nothing is guessed, so nothing gets looser.

import { decode } from "../cbpf/encode.ts";
import type { Program } from "../cbpf/insn.ts";
import { verify } from "../cbpf/verify.ts";
import { ERRNO_MAX } from "./action.ts";
import type { OciArgument, OciProfile, OciRule } from "./oci.ts";
import { ociAction } from "./oci.ts";

export type Profile =
  | { readonly kind: "program"; readonly program: Program }
  | { readonly kind: "oci"; readonly profile: OciProfile };

export type ReadResult =
  | { readonly value: Profile; readonly problem: null }
  | { readonly value: null; readonly problem: string };

/** 64 rules a call would fill a fraction of this. */
const PROFILE_MAX_BYTES = 4 << 20;

export function readProfile(bytes: Uint8Array): ReadResult {
  if (PROFILE_MAX_BYTES < bytes.length) return refuse(`more than ${PROFILE_MAX_BYTES} bytes`);
  const first = bytes.find((byte) => byte !== 0x20 && byte !== 0x0a && byte !== 0x0d && byte !== 0x09);
  return first === 0x7b ? readOci(bytes) : readRaw(bytes);
}

function refuse(problem: string): ReadResult {
  return { value: null, problem };
}

function readRaw(bytes: Uint8Array): ReadResult {
  const { program, problem } = decode(bytes);
  if (program === null) return refuse(problem ?? "the filter cannot be read");
  const [first] = verify(program);
  return first === undefined ? { value: { kind: "program", program }, problem: null } : refuse(first);
}

function readOci(bytes: Uint8Array): ReadResult {
  let json: unknown;
  try {
    json = parseExactly(new TextDecoder("utf-8", { fatal: true }).decode(bytes));
  } catch (error) {
    return refuse(`not JSON: ${error instanceof Error ? error.message : String(error)}`);
  }
  try {
    return { value: { kind: "oci", profile: profileOf(json) }, problem: null };
  } catch (error) {
    if (error instanceof Malformed) return refuse(error.message);
    throw error;
  }
}

/** Numbers past 2^53 lose bits in JSON.parse; they are read as texts and turned into bigints by `integer`. */
function parseExactly(text: string): unknown {
  return JSON.parse(
    text.replace(/("(?:[^"\\]|\\.)*")|(-?\d{16,})(?![\d.eE])/gs, (whole, string: string | undefined) =>
      string === undefined ? `"#${whole}"` : whole,
    ),
  );
}

class Malformed extends Error {}

function profileOf(json: unknown): OciProfile {
  const object = record(json, "the profile");
  const inner =
    object["linux"] === undefined ? object : record(record(object["linux"], "linux")["seccomp"], "linux.seccomp");
  known(
    inner,
    [
      "comment",
      "defaultAction",
      "defaultErrnoRet",
      "architectures",
      "archMap",
      "flags",
      "listenerPath",
      "listenerMetadata",
      "syscalls",
    ],
    "the profile",
  );
  if (inner["archMap"] !== undefined)
    throw new Malformed(
      "`archMap` belongs to Docker's template, not to a profile; give the profile that the runtime gets",
    );
  const defaultErrnoRet = optionalErrno(inner["defaultErrnoRet"], "defaultErrnoRet");
  return {
    defaultAction: action(inner["defaultAction"], "defaultAction"),
    ...(defaultErrnoRet === undefined ? {} : { defaultErrnoRet }),
    architectures: list(inner["architectures"] ?? ["SCMP_ARCH_X86_64"], "architectures").map((one) =>
      string(one, "architectures"),
    ),
    syscalls: list(inner["syscalls"] ?? [], "syscalls").map(ruleOf),
  };
}

function ruleOf(json: unknown, index: number): OciRule {
  const where = `syscalls[${index}]`;
  const rule = record(json, where);
  known(rule, ["names", "name", "action", "errnoRet", "args", "comment"], where);
  const names = rule["name"] === undefined ? list(rule["names"], `${where}.names`) : [rule["name"]];
  const errnoRet = optionalErrno(rule["errnoRet"], `${where}.errnoRet`);
  return {
    names: names.map((name) => string(name, `${where}.names`)),
    action: action(rule["action"], `${where}.action`),
    ...(errnoRet === undefined ? {} : { errnoRet }),
    args: list(rule["args"] ?? [], `${where}.args`).map((one, at) => argumentOf(one, `${where}.args[${at}]`)),
  };
}

const OPERATORS: readonly OciArgument["op"][] = [
  "SCMP_CMP_NE",
  "SCMP_CMP_LT",
  "SCMP_CMP_LE",
  "SCMP_CMP_EQ",
  "SCMP_CMP_GE",
  "SCMP_CMP_GT",
  "SCMP_CMP_MASKED_EQ",
];

function argumentOf(json: unknown, where: string): OciArgument {
  const argument = record(json, where);
  known(argument, ["index", "value", "valueTwo", "op"], where);
  const index = argument["index"];
  if (typeof index !== "number" || !Number.isInteger(index) || index < 0 || 5 < index)
    throw new Malformed(`${where}.index is not 0 to 5`);
  const op = OPERATORS.find((one) => one === argument["op"]);
  if (op === undefined) throw new Malformed(`${where}.op is not a comparison that OCI knows`);
  return {
    index,
    value: integer(argument["value"], `${where}.value`),
    valueTwo: integer(argument["valueTwo"] ?? 0, `${where}.valueTwo`),
    op,
  };
}

function record(json: unknown, where: string): Readonly<Record<string, unknown>> {
  if (typeof json !== "object" || json === null || Array.isArray(json))
    throw new Malformed(`${where} is not an object`);
  return Object.fromEntries(Object.entries(json));
}

/** A field that this does not know could change the meaning (Docker's `includes` and `excludes` do). */
function known(object: Readonly<Record<string, unknown>>, keys: readonly string[], where: string): void {
  for (const key of Object.keys(object))
    if (!keys.includes(key)) throw new Malformed(`${where} has the unknown field \`${key}\``);
}

function list(json: unknown, where: string): readonly unknown[] {
  if (!Array.isArray(json)) throw new Malformed(`${where} is not a list`);
  return json.slice();
}

function string(json: unknown, where: string): string {
  if (typeof json !== "string") throw new Malformed(`${where} is not a text`);
  return json;
}

function action(json: unknown, where: string): string {
  const name = string(json, where);
  if (ociAction(name, undefined) === null) throw new Malformed(`${where}: \`${name}\` is not an action that OCI knows`);
  return name;
}

function optionalErrno(json: unknown, where: string): number | undefined {
  if (json === undefined || json === null) return undefined;
  if (typeof json !== "number" || !Number.isInteger(json) || json < 0 || ERRNO_MAX < json)
    throw new Malformed(`${where} is not 0 to ${ERRNO_MAX}`);
  return json;
}

function integer(json: unknown, where: string): bigint {
  const value =
    typeof json === "number" && Number.isSafeInteger(json)
      ? BigInt(json)
      : typeof json === "string" && /^#\d+$/.test(json)
        ? BigInt(json.slice(1))
        : null;
  if (value === null || value < 0n || 1n << 64n <= value) throw new Malformed(`${where} is not a number of 64 bits`);
  return value;
}
