// Reading a filter that somebody else made, from bytes that may be anything: a raw filter or an OCI
// profile. What is not understood exactly is refused; nothing is guessed, so nothing gets looser.

import { decode } from "../cbpf/encode.ts";
import type { Program } from "../cbpf/insn.ts";
import { verify } from "../cbpf/verify.ts";
import { ERRNO_MAX } from "./action.ts";
import { NotJson, parseJson, type Json, type JsonObject } from "./read-json.ts";
import type { OciArgument, OciProfile, OciRule } from "./oci.ts";
import { ociAction } from "./oci.ts";

export type Profile =
  | { readonly kind: "program"; readonly program: Program }
  | { readonly kind: "oci"; readonly profile: OciProfile };

export type ReadResult =
  | { readonly value: Profile; readonly problem: null }
  | { readonly value: null; readonly problem: string };

/** Docker's default takes some 20 kB, and a rule with one condition some 200 bytes: this holds 20,000 of them. */
export const PROFILE_MAX_BYTES = 4 << 20;

export function readProfile(bytes: Uint8Array): ReadResult {
  if (PROFILE_MAX_BYTES < bytes.length) return refuse(`more than ${PROFILE_MAX_BYTES} bytes`);
  const start = hasMark(bytes) ? 3 : 0;
  const first = bytes.subarray(start).find((byte) => byte !== 0x20 && byte !== 0x0a && byte !== 0x0d && byte !== 0x09);
  if (first !== 0x7b) return readRaw(bytes);
  return start === 0 ? readOci(bytes) : refuse("a byte order mark stands before the JSON, which runtimes do not take");
}

/** UTF-8's byte order mark. */
function hasMark(bytes: Uint8Array): boolean {
  return bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf;
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
  let text: string;
  try {
    text = new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    return refuse("not UTF-8");
  }
  try {
    return { value: { kind: "oci", profile: profileOf(parseJson(text)) }, problem: null };
  } catch (error) {
    if (error instanceof NotJson) return refuse(`not JSON that every reader takes alike: ${error.message}`);
    if (error instanceof Malformed) return refuse(error.message);
    throw error;
  }
}

class Malformed extends Error {}

function profileOf(json: Json): OciProfile {
  const object = record(json, "the profile");
  const inner =
    object.get("linux") === undefined
      ? object
      : record(record(object.get("linux"), "linux").get("seccomp"), "linux.seccomp");
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
  if (inner.get("archMap") !== undefined)
    throw new Malformed(
      "`archMap` belongs to Docker's template, not to a profile; give the profile that the runtime gets",
    );
  const defaultErrnoRet = optionalErrno(inner.get("defaultErrnoRet"), "defaultErrnoRet");
  return {
    defaultAction: action(inner.get("defaultAction"), "defaultAction"),
    ...(defaultErrnoRet === undefined ? {} : { defaultErrnoRet }),
    architectures: list(inner.get("architectures") ?? [], "architectures").map(architecture),
    syscalls: list(inner.get("syscalls") ?? [], "syscalls").map(ruleOf),
  };
}

function ruleOf(json: Json, index: number): OciRule {
  const where = `syscalls[${index}]`;
  const rule = record(json, where);
  known(rule, ["names", "name", "action", "errnoRet", "args", "comment"], where);
  const name = rule.get("name");
  if (name !== undefined && rule.has("names")) throw new Malformed(`${where} has both \`name\` and \`names\``);
  const names = name === undefined ? list(rule.get("names"), `${where}.names`) : [name];
  const errnoRet = optionalErrno(rule.get("errnoRet"), `${where}.errnoRet`);
  return {
    names: names.map((name) => string(name, `${where}.names`)),
    action: action(rule.get("action"), `${where}.action`),
    ...(errnoRet === undefined ? {} : { errnoRet }),
    args: list(rule.get("args") ?? [], `${where}.args`).map((one, at) => argumentOf(one, `${where}.args[${at}]`)),
  };
}

/** Of the runtime specification; "SCMP_ARCH_" stands before each. */
const ARCHITECTURES = new Set(
  `X86 X86_64 X32 ARM AARCH64 MIPS MIPS64 MIPS64N32 MIPSEL MIPSEL64 MIPSEL64N32 PPC PPC64 PPC64LE S390 S390X PARISC
  PARISC64 RISCV64 LOONGARCH64 M68K SH SHEB`
    .split(/\s+/)
    .map((name) => `SCMP_ARCH_${name}`),
);

function architecture(json: Json): string {
  const name = string(json, "architectures");
  if (!ARCHITECTURES.has(name)) throw new Malformed(`architectures: \`${name}\` is not one that OCI knows`);
  return name;
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

function argumentOf(json: Json, where: string): OciArgument {
  const argument = record(json, where);
  known(argument, ["index", "value", "valueTwo", "op"], where);
  const index = argument.get("index");
  if (typeof index !== "bigint" || index < 0n || 5n < index) throw new Malformed(`${where}.index is not 0 to 5`);
  const op = OPERATORS.find((one) => one === argument.get("op"));
  if (op === undefined) throw new Malformed(`${where}.op is not a comparison that OCI knows`);
  return {
    index: Number(index),
    value: integer(argument.get("value"), `${where}.value`),
    valueTwo: integer(argument.get("valueTwo") ?? 0n, `${where}.valueTwo`),
    op,
  };
}

function record(json: Json | undefined, where: string): JsonObject {
  if (!(json instanceof Map)) throw new Malformed(`${where} is not an object`);
  return json;
}

/** A field that this does not know could change the meaning (Docker's `includes` and `excludes` do). */
function known(object: JsonObject, keys: readonly string[], where: string): void {
  for (const key of object.keys())
    if (!keys.includes(key)) throw new Malformed(`${where} has the unknown field \`${key}\``);
}

function list(json: Json | undefined, where: string): readonly Json[] {
  if (!isList(json)) throw new Malformed(`${where} is not a list`);
  return json;
}

const isList = (json: Json | undefined): json is readonly Json[] => Array.isArray(json);

function string(json: Json | undefined, where: string): string {
  if (typeof json !== "string") throw new Malformed(`${where} is not a text`);
  return json;
}

function action(json: Json | undefined, where: string): string {
  const name = string(json, where);
  if (ociAction(name, undefined) === null) throw new Malformed(`${where}: \`${name}\` is not an action that OCI knows`);
  return name;
}

function optionalErrno(json: Json | undefined, where: string): number | undefined {
  if (json === undefined || json === null) return undefined;
  if (typeof json !== "bigint" || json < 0n || BigInt(ERRNO_MAX) < json)
    throw new Malformed(`${where} is not 0 to ${ERRNO_MAX}`);
  return Number(json);
}

function integer(json: Json | undefined, where: string): bigint {
  if (typeof json !== "bigint" || json < 0n || 1n << 64n <= json)
    throw new Malformed(`${where} is not a number of 64 bits`);
  return json;
}
