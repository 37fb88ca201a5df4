// Sandboxes for tests: the kernel effects of the standard library, and sandboxes over them.

import { readFileSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import { packageRoot } from "../../../cli/package-files.ts";
import type { KernelEffectIr, PolicyIr, SandboxClauseIr, SandboxIr, SourceSpan } from "../../../compiler/ir/ir.ts";
import type { KernelTarget, LoweredSandbox } from "../../../compiler/kernel/lower.ts";
import { lowerSandbox } from "../../../compiler/kernel/lower.ts";
import { lineStarts } from "../../../compiler/source/source.ts";
import { parse } from "../../../compiler/syntax/parse.ts";

const SPAN: SourceSpan = { source: 0, start: 0, end: 0 };

/** The `kernel` declarations of stdlib/kernel.pawl. */
export const KERNEL_EFFECTS: readonly KernelEffectIr[] = readKernelEffects();

function readKernelEffects(): readonly KernelEffectIr[] {
  const name = "stdlib/kernel.pawl";
  const { value, diagnostics } = parse({ name, text: readFileSync(join(packageRoot, name), "utf8") }, 0);
  if (value === null || diagnostics.length > 0) throw new Error(`${name}: ${JSON.stringify(diagnostics)}`);
  return value.declarations.flatMap((item) => {
    if (item.kind !== "kernel") return [];
    const calls = item.body.items.flatMap((call) =>
      call.calls.map((one) => ({
        name: one.text,
        conditions: call.conditions.map(({ argument, mask, operator, value: right }) => ({
          argument,
          mask: mask?.text ?? null,
          operator,
          value: right.text,
        })),
        errno: call.errno?.text ?? null,
      })),
    );
    return item.effects.map((effect) => ({ effect: effect.text, calls, span: item.span }));
  });
}

/** A policy with nothing but the kernel effects. */
export function policyWith(kernelEffects: readonly KernelEffectIr[], ...sandboxes: readonly SandboxIr[]): PolicyIr {
  return {
    name: "test",
    sources: [{ name: "test.pawl", digest: "0".repeat(64), lines: lineStarts("") }],
    effects: [],
    commands: [],
    variables: [],
    tools: [],
    rules: [],
    marks: [],
    gates: [],
    sandboxes,
    kernelEffects,
    tests: [],
    unknownWordsMayBeOptions: true,
  };
}

export function sandbox(fields: Partial<SandboxIr> & Pick<SandboxIr, "clauses">): SandboxIr {
  return {
    name: "box",
    default: "allow",
    defaultErrno: "EPERM",
    future: "allow",
    compat: "refuse",
    span: SPAN,
    ...fields,
  };
}

export function clause(
  action: SandboxClauseIr["action"],
  effects: readonly string[],
  fields: Partial<SandboxClauseIr> = {},
): SandboxClauseIr {
  return { action, effects, except: [], errno: "EPERM", bestEffort: false, span: SPAN, ...fields };
}

/** Lowers, and throws on any error. */
export function lowered(box: SandboxIr, targets?: readonly KernelTarget[]): LoweredSandbox {
  const { value, diagnostics } = lowerSandbox(policyWith(KERNEL_EFFECTS, box), box, targets);
  if (value === null) throw new Error(JSON.stringify(diagnostics));
  return value;
}

/** What every allow-list needs to start a program. */
export const BASICS = ["process.exec", "process.compute", "file.read"];

const NAMES = KERNEL_EFFECTS.map((one) => one.effect);

/** Sandboxes without contradictions: each effect has at most one answer. */
export const anySandbox: fc.Arbitrary<SandboxIr> = fc
  .record({
    default: fc.constantFrom("allow" as const, "deny" as const),
    future: fc.constantFrom("allow" as const, "deny" as const),
    compat: fc.constantFrom("refuse" as const, "filter" as const),
    defaultErrno: fc.constantFrom("EPERM", "ENOSYS", "EACCES"),
    answers: fc
      .uniqueArray(fc.constantFrom(...NAMES.filter((name) => !BASICS.includes(name))), { maxLength: 12 })
      .chain((effects) =>
        fc
          .array(
            fc.record({
              action: fc.constantFrom("allow" as const, "deny" as const, "kill" as const, "log" as const),
              errno: fc.constantFrom("EPERM", "EACCES", "ENOSYS"),
            }),
            { minLength: effects.length, maxLength: effects.length },
          )
          .map((answers) =>
            effects.map((effect, index) => ({
              effect,
              ...(answers[index] ?? { action: "deny" as const, errno: "EPERM" }),
            })),
          ),
      ),
  })
  .map(({ answers, ...fields }) =>
    sandbox({
      ...fields,
      clauses: [
        clause("allow", BASICS),
        ...answers.map(({ effect, action, errno }) => clause(action, [effect], { errno })),
      ],
    }),
  );
