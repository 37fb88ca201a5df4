// Compiles a policy and decides actions with it through the runtime.

import { compileWasm } from "../../compiler/wasm/compile.ts";
import type { Cond, PolicyIr } from "../../compiler/ir/ir.ts";
import { load } from "../../runtime/index.ts";
import type { Action, Policy, Report } from "../../runtime/index.ts";
import { policy, PROBE, rule } from "./policy-ir.ts";

export function compiled(ir: PolicyIr): Policy {
  return load(compileWasm(ir));
}

/** The action that gives one `probe.value` with these fields. */
export function probe(input: unknown): Action {
  return { tool: "probe", input, cwd: "/w", workspace: "/w", agent: "tester", env: { HOME: "/home/t", EMPTY: "" } };
}

export function decide(loaded: Policy, action: Action): Report {
  loaded.decide(action);
  return loaded.report();
}

/** Compiles all conditions at once; gives the answer of the one at `index` for a `probe.value` with these fields. */
export function answers(conditions: readonly Cond[]): (index: number, input: unknown) => "no" | "maybe" | "yes" {
  const name = (index: number): string => `asked_${String(index).padStart(4, "0")}`;
  const rules = conditions.map((cond, index) =>
    rule(name(index), ["probe.value"], { when: [cond], raise: "sensitive" }),
  );
  const loaded = compiled(policy({ tools: [PROBE], rules }));
  return (index, input) => {
    const fired = decide(loaded, probe(input)).rules.find((one) => one.rule === name(index));
    return fired === undefined ? "no" : fired.certain ? "yes" : "maybe";
  };
}
