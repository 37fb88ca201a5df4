// What the workload needs: a trace proposes every effect that one of its calls has, and an effect stays when the
// workload is not green without it. What programs only try in passing, such as looking for a network, goes.

import { ALLOW, blocks, errnoAction } from "../../../bpfgen/seccomp/action.ts";
import { decide } from "../../../bpfgen/seccomp/decide.ts";
import { resolveFilter } from "../../../bpfgen/seccomp/rules.ts";
import { AUDIT_ARCHS, callNumber } from "../../../bpfgen/syscalls/calls.ts";
import type { KernelEffectIr } from "../../../compiler/ir/ir.ts";
import { seccompFilter } from "../../../compiler/kernel/emit.ts";
import { lowerSandbox } from "../../../compiler/kernel/lower.ts";
import { withFolder } from "./host.ts";
import { clause, KERNEL_EFFECTS, policyWith, sandbox } from "./sandboxes.ts";
import { STEPS, traceWork, work, type TracedCall } from "./work.ts";

export { needsTrace } from "./work.ts";

/** In the order of stdlib/kernel.pawl. Says what it found out about each effect, one line at a time. */
export function neededEffects(say: (line: string) => void): readonly string[] {
  const { calls } = traceWork(null);
  const traced = KERNEL_EFFECTS.filter((one) => hasAny(one, calls)).map(({ effect }) => effect);
  // What concerns the machine and the network stands last there, and is tried first: a call that several
  // effects have is then left to the milder ones.
  return traced.reduceRight<readonly string[]>((allowed, effect) => {
    const without = allowed.filter((one) => one !== effect);
    const isNeeded = !isGreenUnder(without);
    say(`${effect}: ${isNeeded ? "needed" : "tried in passing"}`);
    return isNeeded ? allowed : without;
  }, traced);
}

/** True when every step is green where only these effects are allowed. */
export function isGreenUnder(effects: readonly string[]): boolean {
  const box = sandbox({ default: "deny", future: "deny", clauses: [clause("allow", effects)] });
  const { value } = lowerSandbox(policyWith(KERNEL_EFFECTS, box), box);
  // The compiler refuses a sandbox under which the launcher could start nothing.
  if (value === null) return false;
  const green = withFolder((folder) => work(folder, seccompFilter(value, "x86_64")));
  return Object.keys(STEPS).every((step) => green.includes(step));
}

/** True when one of the calls has the effect, with the arguments for which it does. */
function hasAny({ calls }: KernelEffectIr, traced: readonly TracedCall[]): boolean {
  const rules = calls.map(({ name, conditions }) => ({ call: name, conditions, action: errnoAction(1) }));
  const filter = resolveFilter({ rules, default: ALLOW, future: null, compat: "refuse" }, "x86_64");
  return traced.some(({ name, args }) => {
    const number = callNumber("x86_64", name);
    if (number === null) return false;
    return blocks(decide(filter, { number, arch: AUDIT_ARCHS.x86_64, instructionPointer: 0n, args }));
  });
}
