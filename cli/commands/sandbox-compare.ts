// `pawl sandbox compare`: is one filter at least as strict as another, over every call?

import { printAction } from "../../bpfgen/seccomp/action.ts";
import { unknownCalls } from "../../bpfgen/seccomp/oci.ts";
import type { Comparison, Difference, Relation, Subject } from "../../bpfgen/seccomp/prove.ts";
import { PROFILE_MAX_BYTES, readProfile } from "../../bpfgen/seccomp/read-profile.ts";
import { ARCHS, type Arch } from "../../bpfgen/syscalls/calls.ts";
import {
  compareFilters,
  printCall,
  printComparison,
  readComparable,
  type Comparable,
} from "../../compiler/kernel/compare.ts";
import { CommandError, OK, PROBLEMS } from "../exit.ts";
import { readInput } from "../system-files.ts";
import { print, printJson } from "../terminal.ts";
import { parseArchs } from "./sandbox-forms.ts";
import { isSandboxReference, lowerReference } from "./sandbox-source.ts";

/** Exit 0 only when it is proved that the left side blocks whatever the right side blocks. */
export function sandboxCompare(
  left: string,
  right: string,
  options: { readonly arch?: string; readonly json?: true },
): number {
  const a = read(left);
  const b = read(right);
  if (a === null || b === null) return PROBLEMS;
  const forms = [a.form, b.form];
  const isBesideProfile = forms.includes("oci") && forms.includes("sandbox");
  const subject = (reference: string, side: Side, arch: Arch): Subject =>
    subjectOf(reference, isBesideProfile ? asProfile(side.comparable) : side.comparable, arch);
  // A raw filter is for one machine; the others' calls it only kills.
  const archs =
    options.arch !== undefined ? parseArchs(options.arch) : forms.includes("program") ? (["x86_64"] as const) : ARCHS;
  const comparisons = archs.map((arch) => ({
    arch,
    ...compareFilters([subject(left, a, arch)], [subject(right, b, arch)]),
  }));
  const relation = joinRelations(comparisons.map((one) => one.relation));
  const isAtLeastAsStrict = relation === "equal" || relation === "equivalent" || relation === "stricter";
  if (options.json === true) {
    printJson({
      ok: isAtLeastAsStrict,
      left,
      right,
      relation,
      sandboxAsProfile: isBesideProfile,
      unknownCalls: { left: a.unknownCalls, right: b.unknownCalls },
      archs: comparisons.map(comparisonJson),
    });
  } else {
    for (const { arch, ...comparison } of comparisons)
      print(`${arch}: ${printComparison(comparison, left, right).trimEnd()}`);
    if (isBesideProfile)
      print("the sandbox as a profile can hold it: calls of other architectures and of x32 are killed");
    noteUnknown(left, a);
    if (right !== left) noteUnknown(right, b);
  }
  return isAtLeastAsStrict ? OK : PROBLEMS;
}

interface Side {
  readonly comparable: Comparable;
  readonly form: "sandbox" | "program" | "oci";
  /** Names in an OCI profile that no architecture here has. */
  readonly unknownCalls: readonly string[];
}

const NAMES_SHOWN = 5;

function noteUnknown(reference: string, { unknownCalls: names }: Side): void {
  if (names.length === 0) return;
  const shown = names.slice(0, NAMES_SHOWN).map((name) => `\`${name}\``);
  const more = NAMES_SHOWN < names.length ? ` and ${names.length - NAMES_SHOWN} more` : "";
  print(
    `note: ${reference} names ${shown.join(", ")}${more}: no such call is known here, and runtimes skip such names`,
  );
}

/** Null after a policy's own errors. */
function read(reference: string): Side | null {
  if (isSandboxReference(reference)) {
    const found = lowerReference(reference, ["seccomp"]);
    return found === null
      ? null
      : { comparable: { kind: "sandbox", lowered: found.lowered }, form: "sandbox", unknownCalls: [] };
  }
  const bytes = readInput(reference, PROFILE_MAX_BYTES, {
    help: "name a profile, `FILE.pawl#SANDBOX`, a raw filter or an OCI profile",
  });
  const { value, problem } = readProfile(bytes);
  if (value === null) throw new CommandError(`${reference} is neither a filter nor an OCI profile: ${problem}`);
  return {
    comparable: { kind: "bytes", bytes },
    form: value.kind,
    unknownCalls: value.kind === "oci" ? unknownCalls(value.profile) : [],
  };
}

function asProfile(comparable: Comparable): Comparable {
  return comparable.kind === "sandbox" ? { ...comparable, kind: "sandbox as profile" } : comparable;
}

function subjectOf(reference: string, comparable: Comparable, arch: Arch): Subject {
  const { value, problem } = readComparable(comparable, arch);
  if (value === null) throw new CommandError(`${reference}: ${problem}`);
  return value;
}

/** What holds on every architecture. */
function joinRelations(relations: readonly Relation[]): Relation {
  const all = new Set(relations);
  const has = (relation: Relation): boolean => all.has(relation);
  if (has("unknown")) return "unknown";
  if (has("neither") || (has("stricter") && has("laxer"))) return "neither";
  return (["stricter", "laxer", "equivalent"] as const).find(has) ?? "equal";
}

function comparisonJson({ arch, relation, problem, stricter, laxer, different }: Comparison & { arch: Arch }): unknown {
  const show = (difference: Difference | null): unknown =>
    difference === null
      ? null
      : {
          call: printCall(difference.call),
          left: printAction(difference.left),
          right: printAction(difference.right),
        };
  return { arch, relation, problem, stricter: show(stricter), laxer: show(laxer), different: show(different) };
}
