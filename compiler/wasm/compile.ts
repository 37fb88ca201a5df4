// A checked policy → one WebAssembly module without imports.
//
// The same policy gives the same bytes on every host. What can be wrong with a policy was said by the checker; what is
// wrong here is a bug, and throws.

import { INPUT_BYTES_MAX, SESSION_BYTES } from "./core-limits.ts";
import { condition } from "./conditions.ts";
import { dispatch, Target } from "./code.ts";
import { Data } from "./data.ts";
import { defineGates } from "./gates.ts";
import { finishModule, openCore, takeImport } from "./link.ts";
import { defineReasons, defineRules } from "./rules.ts";
import { describePolicy, writeSections } from "./sections.ts";
import { layoutStrings, markDigest } from "./strings.ts";
import { layoutTables } from "./tables.ts";
import { defineTools } from "./tools.ts";
import { COMPILER_VERSION } from "./version.ts";
import { invariant } from "../source/invariant.ts";
import type { Cond, PolicyIr } from "../ir/ir.ts";

export interface CompileWasmOptions {
  /** What the module says that it was compiled by. */
  readonly compiler?: string;
  /** False leaves the module as it was linked, for debugging. */
  readonly optimize?: boolean;
}

/** Passes over the whole module. The core comes optimised; what is worth it is taking the tables' addresses into it. */
const PASSES: readonly string[] = ["inlining", "remove-unused-module-elements", "reorder-functions", "memory-packing"];

export function compileWasm(ir: PolicyIr, options: CompileWasmOptions = {}): Uint8Array<ArrayBuffer> {
  const core = openCore();
  const { module } = core;
  const data = new Data(core.dataAddress);
  const target = new Target(ir, module, data, core.functions);
  try {
    definePolicy(target, (name) => takeImport(core, name));
    const memoryBytes = finishModule(core, data.finish(), freshSession(ir));
    if (options.optimize ?? true) {
      for (const name of target.functions) module.optimizeFunction(name);
      module.run(PASSES);
    }
    const limits = { memoryBytes, inputBytesMax: INPUT_BYTES_MAX, sessionBytes: SESSION_BYTES };
    const policy = describePolicy(ir, options.compiler ?? `pawl ${COMPILER_VERSION}`, limits);
    for (const { name, contents } of writeSections(policy)) module.addSection(name, contents);
    invariant(module.isValid(), "the linked module is not valid");
    return module.emit();
  } finally {
    module.dispose();
  }
}

/** Defines every function that the core wants from the policy (stdlib/core/policy.ts). */
function definePolicy(target: Target, take: (name: string) => string): void {
  const { ir, data } = target;
  const conditions: Cond[] = [];
  const table = layoutTables(ir, data, (cond) => conditions.push(cond) - 1);
  const strings = layoutStrings(ir, data);
  target.define(take("table"), 0, true, (code) => code.constant(table));
  target.define(take("strings"), 0, true, (code) => code.constant(strings));
  defineRules(target, take("rules"));
  defineReasons(target, take("reason"));
  defineGates(target, {
    gate: take("gate"),
    malformedVerdict: take("malformedVerdict"),
    oversizedVerdict: take("oversizedVerdict"),
    approvalSeconds: take("approvalSeconds"),
    approvalSecondsLeast: take("approvalSecondsLeast"),
  });
  defineTools(target, take("tool"));
  defineConditions(target, take("condition"), conditions);
}

/** Defines `name(id)`, the answer of a usage line's condition. */
function defineConditions(target: Target, name: string, conditions: readonly Cond[]): void {
  const functions = conditions.map((cond, index) =>
    target.define(`condition_${index}`, 0, true, (code) => condition(cond, { code, effect: null, element: null })),
  );
  target.define(name, 1, true, (code) => {
    const m = code.module;
    const answer = code.local();
    const cases = functions.map((call) => m.set(answer, m.call(call, [])));
    return m.sequence([dispatch(code, 0, cases)], m.get(answer));
  });
}

/** The head of a session in which nothing has happened; all that follows it is zero. */
function freshSession(ir: PolicyIr): Uint8Array {
  return markDigest(ir.marks);
}
