// Every ready-made profile in every form, proved equal to its source.

import { describe, expect, test } from "vitest";
import { ARCHS } from "../../bpfgen/syscalls/calls.ts";
import { compareFilters, printComparison, readComparable } from "../../compiler/kernel/compare.ts";
import { emitCHeader, emitKubernetes, emitOciJson, ociProfile, seccompFilter } from "../../compiler/kernel/emit.ts";
import { profile, PROFILES, type ProfileName } from "./support/profiles.ts";

describe.each(PROFILES)("%s", (name) => {
  test.each(ARCHS)("the bytes of the %s filter are equal to the sandbox", (arch) => {
    const lowered = profile(name);
    const bytes = read({ kind: "bytes", bytes: seccompFilter(lowered, arch) }, arch);
    expect(compareFilters([bytes], [read({ kind: "sandbox", lowered }, arch)]).relation).toBe("equal");
  });

  test("the OCI profile is one for all architectures, and its text is equal to what it can hold of the sandbox", () => {
    const lowered = profile(name);
    expect(ociProfile(lowered).diagnostics).toEqual([]);
    const { value: text } = emitOciJson(lowered);
    if (text === null) throw new Error("no text");
    for (const arch of ARCHS) {
      const profiled = read({ kind: "bytes", bytes: new TextEncoder().encode(text) }, arch);
      const held = read({ kind: "sandbox as profile", lowered }, arch);
      expect(compareFilters([profiled], [held]).relation).toBe("equal");
      // Of foreign calls it kills the thread alone, where the filter kills the process.
      const { laxer, different } = compareFilters([held], [read({ kind: "sandbox", lowered }, arch)]);
      for (const difference of [laxer, different])
        expect(difference === null || difference.left.kind === "kill_thread").toBe(true);
    }
  });

  test("the other forms exist", () => {
    expect(emitKubernetes(profile(name)).value).toContain("kind: SeccompProfile");
    expect(emitCHeader(profile(name))).toContain("struct sock_filter pawl_");
  });
});

describe("comparing", () => {
  const relation = (left: ProfileName, right: ProfileName): string =>
    compareFilters(
      [read({ kind: "sandbox", lowered: profile(left) }, "x86_64")],
      [read({ kind: "sandbox", lowered: profile(right) }, "x86_64")],
    ).relation;

  test("read-only with coding-agent, strict with no-network", () => {
    expect(relation("coding-agent", "coding-agent")).toBe("equal");
    // Raw sockets are denied by one only, writing by the other only.
    expect(relation("read-only", "coding-agent")).toBe("neither");
    expect(relation("strict", "no-network")).toBe("stricter");
    expect(relation("no-network", "strict")).toBe("laxer");
  });

  test("a stack of two profiles is at least as strict as each", () => {
    const [a, b] = [profile("coding-agent"), profile("no-network")].map((lowered) =>
      read({ kind: "sandbox", lowered }, "x86_64"),
    );
    if (a === undefined || b === undefined) throw new Error("two subjects");
    for (const one of [a, b]) expect(compareFilters([a, b], [one]).laxer).toBeNull();
  });

  test("a counterexample is a call that one can read", () => {
    const comparison = compareFilters(
      [read({ kind: "sandbox", lowered: profile("reference-35") }, "x86_64")],
      [read({ kind: "sandbox", lowered: profile("coding-agent") }, "x86_64")],
    );
    const text = printComparison(comparison, "reference-35", "coding-agent");
    expect(text).toMatch(/^neither reference-35 nor coding-agent is stricter than the other\n/);
    expect(text).toMatch(/reference-35 is laxer: \w+\(0x/);
  });
});

function read(
  source: Parameters<typeof readComparable>[0],
  arch: Parameters<typeof readComparable>[1],
): NonNullable<ReturnType<typeof readComparable>["value"]> {
  const { value, problem } = readComparable(source, arch);
  if (value === null) throw new Error(problem);
  return value;
}
