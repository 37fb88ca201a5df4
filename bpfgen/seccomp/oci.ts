// Seccomp profiles of OCI runtimes: writing, reading, and what their readers make of them
// (opencontainers/runtime-spec, config-linux.md, "Seccomp"; Docker and Podman read the same JSON).
//
// Readers hand the profile to libseccomp: always for the native architecture, and for those that the profile lists.
// Calls of all others are killed, and so are x32's on x86_64 unless it is listed. They skip in silence a name that it does
// not know and a rule whose action is the default; they take conditions on different arguments together, but all of a
// rule's conditions one by one as soon as two name the same argument. What a tracer skipped gets the default.
// `profileSubject` is that meaning, for proofs; libseccomp.ts has libseccomp's part of it.

import { AUDIT_ARCHS, isCall, SKIPPED_NUMBER, X32_BIT, type Abi, type Arch } from "../syscalls/calls.ts";
import type { Action } from "./action.ts";
import { encodeAction, errnoAction, KILL_THREAD, NO_SUCH_CALL, sameAction } from "./action.ts";
import type { Cases } from "./cases.ts";
import { casesKey, orderCases } from "./cases.ts";
import type { Cube } from "./cubes.ts";
import { intersectTests, subtractCase, TooManyCubes, WHOLE } from "./cubes.ts";
import type { AddedRule } from "./libseccomp.ts";
import { addRules } from "./libseccomp.ts";
import { answerCuts, filterSubject, testIn, type Subject } from "./prove.ts";
import type { ResolvedFilter, Test } from "./rules.ts";
import { Undecided } from "./world.ts";

export interface OciArgument {
  readonly index: number;
  readonly value: number | bigint;
  readonly valueTwo?: number | bigint;
  readonly op: OciOperator;
}

type OciOperator =
  | "SCMP_CMP_NE"
  | "SCMP_CMP_LT"
  | "SCMP_CMP_LE"
  | "SCMP_CMP_EQ"
  | "SCMP_CMP_GE"
  | "SCMP_CMP_GT"
  | "SCMP_CMP_MASKED_EQ";

export interface OciRule {
  readonly names: readonly string[];
  readonly action: string;
  readonly errnoRet?: number;
  readonly args?: readonly OciArgument[];
}

/** The `linux.seccomp` object of a container's configuration. */
export interface OciProfile {
  /** Not of the specification; readers ignore it. */
  readonly comment?: string;
  readonly defaultAction: string;
  readonly defaultErrnoRet?: number;
  readonly architectures: readonly string[];
  readonly syscalls: readonly OciRule[];
}

const OCI_ARCHS: Readonly<Record<Abi, string>> = {
  x86_64: "SCMP_ARCH_X86_64",
  i386: "SCMP_ARCH_X86",
  x32: "SCMP_ARCH_X32",
  aarch64: "SCMP_ARCH_AARCH64",
  riscv64: "SCMP_ARCH_RISCV64",
};

const OCI_ACTIONS: Readonly<Record<Action["kind"], string>> = {
  kill_process: "SCMP_ACT_KILL_PROCESS",
  kill_thread: "SCMP_ACT_KILL_THREAD",
  trap: "SCMP_ACT_TRAP",
  errno: "SCMP_ACT_ERRNO",
  user_notif: "SCMP_ACT_NOTIFY",
  trace: "SCMP_ACT_TRACE",
  log: "SCMP_ACT_LOG",
  allow: "SCMP_ACT_ALLOW",
};

// ---------------------------------------------------------------- writing

/**
 * One profile for all filters, which must be one specification resolved for different architectures.
 * A `problem` names the call that has no common form.
 *
 * The profile's default is for what its reader does not know: the filters' answer to unknown
 * numbers. A reader too old for a call then treats it as unknown, never as a neighbour.
 */
export function emitOci(filters: readonly ResolvedFilter[]): {
  readonly profile: OciProfile | null;
  readonly problem: string | null;
} {
  const natives = filters.flatMap((filter) => filter.abis.slice(0, 1));
  const fallback = natives[0]?.unknown;
  if (fallback === undefined) return { profile: null, problem: "no architecture is named" };
  const byName = new Map<string, readonly OciEntry[]>();
  // Architectures and calls share most of their cases, and taking cubes apart is the slow part.
  const byCases = new Map<string, readonly OciEntry[] | null>();
  for (const abi of natives) {
    for (const { name, rules } of abi.calls.values()) {
      const cases = orderCases(rules, abi.default);
      const key = casesKey(cases);
      const known = byCases.get(key);
      const entries = known === undefined ? entriesOf(cases, fallback) : known;
      byCases.set(key, entries);
      if (entries === null) return { profile: null, problem: `the arguments of \`${name}\` take too many rules` };
      const before = byName.get(name);
      if (before !== undefined && entriesKey(before) !== entriesKey(entries)) {
        return {
          profile: null,
          problem: `\`${name}\` is decided differently on ${filters.map((filter) => filter.arch).join(" and ")}; make one profile for each`,
        };
      }
      byName.set(name, entries);
    }
  }
  const groups = new Map<string, { entry: OciEntry; names: string[] }>();
  for (const [name, entries] of byName) {
    for (const entry of entries) {
      const key = entriesKey([entry]);
      const group = groups.get(key) ?? { entry, names: [] };
      group.names.push(name);
      groups.set(key, group);
    }
  }
  const syscalls = [...groups.entries()]
    .map(([key, { entry, names }]) => ({
      key,
      rule: { names: names.sort(), ...actionFields(entry.action), ...argsField(entry.cube) },
    }))
    .sort((a, b) => (a.key < b.key ? -1 : 1))
    .map(({ rule }) => rule);
  const { action, errnoRet } = actionFields(fallback);
  const profile: OciProfile = {
    defaultAction: action,
    ...(errnoRet === undefined ? {} : { defaultErrnoRet: errnoRet }),
    architectures: natives.map((abi) => OCI_ARCHS[abi.abi]),
    syscalls,
  };
  return { profile, problem: null };
}

/** One rule: calls in the cube get the action. */
interface OciEntry {
  readonly cube: Cube;
  readonly action: Action;
}

/** Disjoint rules for what differs from the default; each case without the cases before it. Null: too many. */
function entriesOf(cases: Cases, fallback: Action): readonly OciEntry[] | null {
  try {
    return disjointEntries(cases, fallback);
  } catch (error) {
    if (error instanceof TooManyCubes) return null;
    throw error;
  }
}

function disjointEntries({ cases, otherwise }: Cases, fallback: Action): readonly OciEntry[] {
  const entries: OciEntry[] = [];
  let left: readonly Cube[] = [WHOLE];
  const add = (cubes: readonly Cube[], action: Action): void => {
    if (!sameAction(action, fallback)) for (const cube of cubes) entries.push({ cube, action });
  };
  for (const one of cases) {
    add(intersectTests(left, one.tests), one.action);
    left = subtractCase(left, one);
  }
  add(left, otherwise);
  return entries;
}

function entriesKey(entries: readonly OciEntry[]): string {
  return entries
    .map(
      ({ cube, action }) =>
        `${encodeAction(action)}:${[...cube]
          .sort(([a], [b]) => a - b)
          .map(([index, { mask, value }]) => `${index}&${mask}=${value}`)
          .join(",")}`,
    )
    .join(";");
}

function actionFields(action: Action): { action: string; errnoRet?: number } {
  const data = action.kind === "errno" ? action.errno : action.kind === "trace" ? action.data : null;
  return { action: OCI_ACTIONS[action.kind], ...(data === null ? {} : { errnoRet: data }) };
}

function argsField(cube: Cube): { args?: readonly OciArgument[] } {
  const args: OciArgument[] = [...cube]
    .sort(([a], [b]) => a - b)
    .map(([index, { mask, value }]) => ({
      index,
      value: plain(mask),
      valueTwo: plain(value),
      op: "SCMP_CMP_MASKED_EQ" as const,
    }));
  return args.length === 0 ? {} : { args };
}

const plain = (value: bigint): number | bigint => (value <= BigInt(Number.MAX_SAFE_INTEGER) ? Number(value) : value);

/** The profile as JSON with exact 64-bit numbers, keys in the order of the specification. */
export function printOci(profile: OciProfile): string {
  return `${printJson(profile, "")}\n`;
}

function printJson(value: unknown, indent: string): string {
  const inner = `${indent}  `;
  if (typeof value === "bigint") return value.toString();
  if (Array.isArray(value)) {
    if (value.length === 0) return "[]";
    const isFlat = value.every((item) => typeof item === "string");
    if (isFlat) return wrapStrings(value, indent);
    return `[\n${value.map((item) => `${inner}${printJson(item, inner)}`).join(",\n")}\n${indent}]`;
  }
  if (typeof value === "object" && value !== null) {
    const fields = Object.entries(value).map(
      ([key, field]) => `${inner}${JSON.stringify(key)}: ${printJson(field, inner)}`,
    );
    return `{\n${fields.join(",\n")}\n${indent}}`;
  }
  return JSON.stringify(value);
}

/** Names, several to a line. */
function wrapStrings(items: readonly string[], indent: string): string {
  const lines: string[] = [];
  let line = "";
  items.forEach((item, index) => {
    const text = `${JSON.stringify(item)}${index === items.length - 1 ? "" : ","}`;
    if (line !== "" && 100 < indent.length + line.length + text.length) {
      lines.push(line);
      line = "";
    }
    line += line === "" ? text : ` ${text}`;
  });
  lines.push(line);
  return `[\n${lines.map((one) => `${indent}  ${one}`).join("\n")}\n${indent}]`;
}

// ---------------------------------------------------------------- meaning

/** What crun and runc make of a profile on one architecture, with a libseccomp that knows every call of our tables. */
export function profileSubject(profile: OciProfile, arch: Arch): Subject {
  const fallback = ociAction(profile.defaultAction, profile.defaultErrnoRet) ?? KILL_THREAD;
  const rules = addedRules(profile, fallback);
  const isListed = (abi: Abi): boolean => profile.architectures.includes(OCI_ARCHS[abi]);
  // libseccomp starts with the native architecture, and readers only add to it.
  const audits = (arch === "x86_64" ? ([arch, "i386"] as const) : [arch]).filter(
    (abi) => abi === arch || isListed(abi),
  );
  const hasX32 = arch === "x86_64" && isListed("x32");
  const tables = audits.map((abi) => {
    const calls = addRules(rules, abi === "x86_64" && hasX32 ? [abi, "x32"] : [abi], fallback);
    const plain = (number: number): Action | null => {
      const call = calls.get(number);
      if (call === undefined) return fallback;
      return call.problem === null && call.cases.length === 0 ? call.otherwise : null;
    };
    const cuts = [X32_BIT, SKIPPED_NUMBER, ...answerCuts(calls.keys(), plain)];
    return { audit: AUDIT_ARCHS[abi], killsX32: abi === "x86_64" && !hasX32, calls, cuts };
  });
  const hasArm = arch === "aarch64" && profile.architectures.includes("SCMP_ARCH_ARM");
  return {
    cuts: (audit) => tables.find((table) => table.audit === audit)?.cuts ?? [],
    run: (world) => {
      const table = tables.find(({ audit }) => world.equal(1, 0xffffffff, audit));
      if (table === undefined) {
        if (hasArm && world.equal(1, 0xffffffff, AUDIT_ARCH_ARM))
          throw new Undecided("the profile is also for SCMP_ARCH_ARM, whose calls are not known here");
        return KILL_THREAD;
      }
      const number = world.constant(0) ?? world.witness().number;
      if (table.killsX32 && X32_BIT <= number && number !== SKIPPED_NUMBER) return KILL_THREAD;
      const call = table.calls.get(number);
      if (call === undefined) return fallback;
      if (call.problem !== null) throw new Undecided(call.problem);
      return call.cases.find(({ tests }) => tests.every((test) => testIn(world, test)))?.action ?? call.otherwise;
    },
  };
}

/** linux/audit.h; an aarch64 kernel may take such calls. */
const AUDIT_ARCH_ARM = 0x40000028;

/**
 * What a profile can hold of a filter: its readers kill calls of every other architecture and of x32 (the thread alone),
 * and give a call that a tracer skipped the profile's default. Native calls get the filter's answer, and no call runs
 * that the filter would block.
 */
export function containerSubject(filter: ResolvedFilter): Subject {
  const [native] = filter.abis;
  const all = filterSubject(filter);
  return {
    cuts: all.cuts,
    run: (world) => {
      if (native === undefined || !world.equal(1, 0xffffffff, AUDIT_ARCHS[native.abi])) return KILL_THREAD;
      if (world.equal(0, 0xffffffff, SKIPPED_NUMBER)) return native.unknown;
      if (native.abi === "x86_64" && world.greater(0, 0xffffffff, X32_BIT - 1)) return KILL_THREAD;
      return all.run(world);
    },
  };
}

/** What readers hand to libseccomp. */
function addedRules(profile: OciProfile, fallback: Action): readonly AddedRule[] {
  return profile.syscalls.flatMap((rule) => {
    const action = ociAction(rule.action, rule.errnoRet);
    if (action === null || sameAction(action, fallback)) return [];
    const tests = (rule.args ?? []).map(ociTest);
    const isRepeated = new Set(tests.map((test) => test.argument)).size < tests.length;
    return (isRepeated ? tests.map((test) => [test]) : [tests]).map((one) => ({
      names: rule.names,
      tests: one,
      action,
    }));
  });
}

/** Names that no architecture here has, sorted. Readers skip what they do not know, in silence. */
export function unknownCalls(profile: OciProfile): readonly string[] {
  return [...new Set(profile.syscalls.flatMap((rule) => rule.names))].filter((name) => !isCall(name)).sort();
}

const FULL = 0xffff_ffff_ffff_ffffn;

function ociTest({ index, op, value, valueTwo }: OciArgument): Test {
  const first = BigInt.asUintN(64, BigInt(value));
  const test = (operator: Test["operator"]): Test => ({ argument: index, mask: FULL, operator, value: first });
  switch (op) {
    case "SCMP_CMP_EQ":
      return test("=");
    case "SCMP_CMP_NE":
      return test("!=");
    case "SCMP_CMP_LT":
      return test("<");
    case "SCMP_CMP_LE":
      return test("<=");
    case "SCMP_CMP_GT":
      return test(">");
    case "SCMP_CMP_GE":
      return test(">=");
    case "SCMP_CMP_MASKED_EQ":
      return { argument: index, mask: first, operator: "=", value: BigInt.asUintN(64, BigInt(valueTwo ?? 0)) & first };
  }
}

/** Null: no action of the specification. EPERM is the readers' default errno. */
export function ociAction(name: string, errnoRet: number | undefined): Action | null {
  switch (name) {
    case "SCMP_ACT_KILL":
      return KILL_THREAD;
    case "SCMP_ACT_ERRNO":
      return errnoRet === 38 ? NO_SUCH_CALL : errnoAction(errnoRet ?? 1);
    case "SCMP_ACT_TRACE":
      return { kind: "trace", data: errnoRet ?? 1 };
    case "SCMP_ACT_TRAP":
      return { kind: "trap", data: 0 };
    case "SCMP_ACT_KILL_PROCESS":
      return { kind: "kill_process" };
    case "SCMP_ACT_KILL_THREAD":
      return KILL_THREAD;
    case "SCMP_ACT_NOTIFY":
      return { kind: "user_notif" };
    case "SCMP_ACT_LOG":
      return { kind: "log" };
    case "SCMP_ACT_ALLOW":
      return { kind: "allow" };
    default:
      return null;
  }
}
