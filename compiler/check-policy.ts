// Source text to typed IR, or to everything that is wrong with it.

import { loadPolicy, type Resolve } from "./check/load.ts";
import { checkWithout, lowerDeclarations, type Known } from "./check/lower.ts";
import { Problems } from "./check/problems.ts";
import { hasErrors, type Diagnostic } from "./diagnostics/diagnostic.ts";
import { unknownParam } from "./diagnostics/names.ts";
import type { CommandIr, PolicyIr, ToolIr } from "./ir/ir.ts";
import { sourceIr, type Library } from "./library.ts";
import type { SourceText } from "./source/source.ts";
import type { UseDecl } from "./syntax/ast.ts";

export { diagnosticsJson, renderDiagnostics } from "./diagnostics/render.ts";
export type { Resolve } from "./check/load.ts";
export type { SourceText } from "./source/source.ts";

export interface CheckPolicyOptions {
  readonly entry: SourceText;
  /** Finds the files that `use ./name` and `extends` mean, by the specifier with its `.pawl` and the name of the source that names it. */
  readonly resolve: Resolve;
  readonly library: Library;
  /** Values of `param`s. */
  readonly set?: Readonly<Record<string, string>>;
}

export interface CheckedPolicy {
  /** Null when there are errors. */
  readonly value: PolicyIr | null;
  readonly diagnostics: readonly Diagnostic[];
  /** What spans of diagnostics and of the IR refer to: the standard library's files, then the policy's, the entry first. */
  readonly sources: readonly SourceText[];
}

export function checkPolicy(options: CheckPolicyOptions): CheckedPolicy {
  const { library, entry } = options;
  const set = options.set ?? {};
  const loaded = loadPolicy(entry, options.resolve, library.sources.length);
  const sources = [...library.texts, ...loaded.sources];
  if (hasErrors(loaded.diagnostics)) return { value: null, diagnostics: loaded.diagnostics, sources };

  const problems = new Problems();
  const uses = loaded.declarations.filter(
    (declaration) => declaration.kind === "use" && declaration.target.text === "std",
  );
  const known = standardPart(
    library,
    uses.flatMap((use) => (use.kind === "use" ? [use] : [])),
    problems,
  );
  const lowered = lowerDeclarations(loaded.declarations, { known, set, testsOf: loaded.entry, problems });
  for (const name of Object.keys(set)) {
    const start = loaded.header?.span ?? { source: library.sources.length, start: 0, end: 0 };
    if (!lowered.params.includes(name)) problems.report(unknownParam(start, name, lowered.params));
  }
  const diagnostics = [...loaded.diagnostics, ...problems.sorted()];
  if (hasErrors(diagnostics)) return { value: null, diagnostics, sources };
  const value: PolicyIr = {
    name: loaded.header?.name.text ?? stem(entry.name),
    sources: [...library.sources, ...loaded.sources.map(sourceIr)],
    effects: lowered.effects,
    commands: lowered.commands,
    variables: lowered.variables,
    tools: lowered.tools,
    rules: lowered.rules.map(({ rule }) => rule),
    marks: lowered.marks,
    gates: lowered.gates,
    sandboxes: lowered.sandboxes,
    kernelEffects: lowered.kernelEffects,
    tests: lowered.tests,
    unknownWordsMayBeOptions: lowered.unknownWordsMayBeOptions,
  };
  return { value, diagnostics, sources };
}

/** All of the standard library less the rules that `without` names, or its effects alone. */
function standardPart(library: Library, uses: readonly UseDecl[], problems: Problems): Known {
  const without = uses.flatMap((use) => use.without);
  checkWithout(without, new Set(library.rules.map(({ rule }) => rule.name)), problems);
  const left = uses.length === 0 ? null : new Set(without.map((name) => name.text));
  // A rule that is left out takes the effect and the observers of its call with it.
  const unused = new Set(
    library.rules.filter(({ rule }) => left === null || left.has(rule.name)).map(({ rule }) => `call.${rule.name}`),
  );
  const effects = library.effects.filter((effect) => !unused.has(effect.name));
  if (left === null)
    return {
      effects,
      commands: [],
      variables: [],
      tools: [],
      rules: [],
      kernelEffects: [],
      constants: {},
      complete: false,
    };
  return {
    ...library,
    effects,
    commands: library.commands.filter((command) => !observes(command, unused)),
    tools: library.tools.filter((tool) => !toolObserves(tool, unused)),
    rules: library.rules.filter(({ rule }) => !left.has(rule.name)),
  };
}

function observes(command: CommandIr, effects: ReadonlySet<string>): boolean {
  const usages = [...command.usages, ...command.subcommands.flatMap((subcommand) => subcommand.usages)];
  return (
    command.observer &&
    usages.some((usage) => usage.clauses.some((clause) => clause.kind === "does" && effects.has(clause.effect)))
  );
}

function toolObserves(tool: ToolIr, effects: ReadonlySet<string>): boolean {
  return (
    tool.observer &&
    tool.body.some(
      (statement) =>
        statement.kind === "clause" && statement.clause.kind === "does" && effects.has(statement.clause.effect),
    )
  );
}

/** The name of a policy that has no header: its file's. */
function stem(name: string): string {
  return name.replace(/^.*\//, "").replace(/\.pawl$/, "");
}
