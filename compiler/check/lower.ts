// All declarations of a policy, or of the standard library, to IR: the order in which names become known.

import { duplicate, unknownMark, unknownRule } from "../diagnostics/names.ts";
import { unknownWord } from "../diagnostics/names.ts";
import { unknownField } from "../diagnostics/types.ts";
import type {
  CommandIr,
  EffectIr,
  GateIr,
  KernelEffectIr,
  RuleIr,
  SandboxIr,
  TestIr,
  ToolIr,
  VariableIr,
} from "../ir/ir.ts";
import type { Span } from "../source/source.ts";
import type { Condition, Declaration, Ident } from "../syntax/ast.ts";
import { lowerCommands } from "./commands.ts";
import { Constants } from "./constants.ts";
import { lowerEffects } from "./effects.ts";
import { lowerGates } from "./gates.ts";
import { operandsOf } from "./operands.ts";
import type { Problems } from "./problems.ts";
import { lowerRule } from "./rules.ts";
import { lowerKernel, lowerSandbox } from "./sandboxes.ts";
import { lowerTest } from "./tests.ts";
import { lowerTool, lowerVariable } from "./tools.ts";
import type { Resolved } from "./types.ts";

/** A rule of the standard library, and the families that it names. */
export interface KnownRule {
  readonly rule: RuleIr;
  readonly families: readonly string[];
}

/** What is declared elsewhere: nothing, or the standard library's part that the policy uses. */
export interface Known {
  readonly effects: readonly EffectIr[];
  readonly commands: readonly CommandIr[];
  readonly variables: readonly VariableIr[];
  readonly tools: readonly ToolIr[];
  readonly rules: readonly KnownRule[];
  readonly kernelEffects: readonly KernelEffectIr[];
  readonly constants: Readonly<Record<string, Resolved>>;
  /** Whether it is more than the effects. */
  readonly complete: boolean;
}

export interface LowerOptions {
  readonly known: Known;
  readonly set: Readonly<Record<string, string>>;
  /** The declarations whose tests are kept. */
  readonly testsOf: readonly Declaration[];
  readonly problems: Problems;
}

export interface Lowered extends Omit<Known, "complete"> {
  readonly gates: readonly GateIr[];
  readonly sandboxes: readonly SandboxIr[];
  readonly tests: readonly TestIr[];
  readonly marks: readonly string[];
  readonly unknownWordsMayBeOptions: boolean;
  /** Names of the parameters, for `--set`. */
  readonly params: readonly string[];
}

type Of<Kind extends Declaration["kind"]> = Extract<Declaration, { kind: Kind }>;

export function lowerDeclarations(declarations: readonly Declaration[], options: LowerOptions): Lowered {
  const { known, problems } = options;
  const of = <Kind extends Declaration["kind"]>(kind: Kind): readonly Of<Kind>[] =>
    declarations.filter((declaration): declaration is Of<Kind> => declaration.kind === kind);

  reportDuplicates(
    "rule",
    of("rule").map((rule) => rule.name),
    known.rules.map(({ rule }) => ({ text: rule.name, span: rule.span })),
    problems,
  );
  reportDuplicates(
    "constant",
    [...of("let"), ...of("param")].map((constant) => constant.name),
    [],
    problems,
  );
  reportDuplicates(
    "sandbox",
    of("sandbox").map((sandbox) => sandbox.name),
    [],
    problems,
  );
  reportDuplicates(
    "test",
    options.testsOf.flatMap((test) => (test.kind === "test" ? [{ text: test.name.text, span: test.name.span }] : [])),
    [],
    problems,
  );

  const constants = new Constants([...of("let"), ...of("param")], known.constants, options.set, problems);
  const base = constants.scope();
  for (const name of constants.names()) constants.value(name);
  const effects = lowerEffects(of("effect"), known.effects, problems);
  const commands = lowerCommands(of("command"), known.commands, base, effects);
  const variables = of("variable").map((variable) => lowerVariable(variable, base, effects));
  const tools = of("tool").map((tool) => lowerTool(tool, base, effects));
  const kernelEffects = joinKernel(known.kernelEffects, lowerKernel(of("kernel"), effects, base));

  const own = of("rule").map((rule) => lowerRule(rule, base, effects, commands));
  const rules = [
    ...known.rules.map((rule) => widen(rule, effects, known.effects, problems)),
    ...own.map(({ rule, families }) => ({ rule, families })),
  ];
  const marks = [...new Set(rules.flatMap(({ rule }) => rule.marks))].toSorted();
  for (const declaration of of("rule")) {
    for (const line of declaration.body.items) {
      if (line.kind === "when" || line.kind === "unless") checkMarks(line.condition, marks, problems);
    }
  }

  const ruleNames = new Set(rules.map(({ rule }) => rule.name));
  return {
    effects: [...effects.values(), ...own.flatMap(({ effect }) => effect ?? [])].toSorted(
      byKey((effect) => effect.name),
    ),
    commands: [...commands, ...own.flatMap((rule) => rule.commands)].toSorted(
      byKey((command) => command.programs[0] ?? ""),
    ),
    variables: [...known.variables, ...variables],
    tools: [...known.tools, ...tools, ...own.flatMap(({ tool }) => tool ?? [])],
    rules: rules.toSorted(byKey(({ rule }) => rule.name)),
    kernelEffects,
    constants: Object.fromEntries(
      constants.names().flatMap((name) => {
        const value = constants.value(name);
        return value === null || value === undefined ? [] : [[name, value]];
      }),
    ),
    gates: lowerGates(of("gate"), base),
    sandboxes: of("sandbox").map((sandbox) =>
      lowerSandbox(
        sandbox,
        {
          effects,
          kernelEffects: new Set(kernelEffects.map((effect) => effect.effect)),
          usesStandardLibrary: known.complete,
        },
        base,
      ),
    ),
    tests: options.testsOf.flatMap((test) => (test.kind === "test" ? [lowerTest(test, ruleNames, problems)] : [])),
    marks,
    unknownWordsMayBeOptions: !assumes(
      of("assume").map((assume) => assume.assumption),
      problems,
    ),
    params: of("param").map((param) => param.name.text),
  };
}

function byKey<T>(key: (value: T) => string): (a: T, b: T) => number {
  return (a, b) => (key(a) < key(b) ? -1 : key(b) < key(a) ? 1 : 0);
}

function reportDuplicates(kind: string, names: readonly Ident[], earlier: readonly Ident[], problems: Problems): void {
  const seen = new Map<string, Span>(earlier.map((name) => [name.text, name.span]));
  for (const name of names) {
    const first = seen.get(name.text);
    if (first === undefined) seen.set(name.text, name.span);
    else problems.report(duplicate(name.span, kind, name.text, first));
  }
}

/** A policy's kernel declarations add calls to those of the standard library. */
function joinKernel(known: readonly KernelEffectIr[], own: readonly KernelEffectIr[]): readonly KernelEffectIr[] {
  const joined = new Map(known.map((effect) => [effect.effect, effect]));
  for (const effect of own) {
    const before = joined.get(effect.effect);
    joined.set(effect.effect, before === undefined ? effect : { ...before, calls: [...before.calls, ...effect.calls] });
  }
  return [...joined.values()].toSorted(byKey((effect) => effect.effect));
}

/** A known rule on a family also holds for the effects that this policy adds to the family. */
function widen(
  { rule, families }: KnownRule,
  effects: ReadonlyMap<string, EffectIr>,
  known: readonly EffectIr[],
  problems: Problems,
): KnownRule {
  const before = new Set(known.map((effect) => effect.name));
  const added = [...effects.values()].filter(
    (effect) => !before.has(effect.name) && families.some((family) => effect.name.startsWith(`${family}.`)),
  );
  if (added.length === 0) return { rule, families };
  const read = [...rule.when, ...rule.unless]
    .flatMap(operandsOf)
    .flatMap((operand) => (operand.kind === "field" ? [operand.name] : []));
  for (const effect of added) {
    const missing = read.find((name) => effect.fields.every((field) => field.name !== name));
    if (missing !== undefined) problems.report(unknownField(effect.span, missing, effect.name, []));
  }
  return { rule: { ...rule, effects: [...rule.effects, ...added.map((effect) => effect.name)].toSorted() }, families };
}

function checkMarks(condition: Condition, marks: readonly string[], problems: Problems): void {
  switch (condition.kind) {
    case "all":
    case "any":
      for (const term of condition.terms) checkMarks(term, marks, problems);
      break;
    case "not":
      checkMarks(condition.term, marks, problems);
      break;
    case "sessionHas":
    case "count":
      if (!marks.includes(condition.mark.text))
        problems.report(unknownMark(condition.mark.span, condition.mark.text, marks));
      break;
    case "sessionTier":
    case "truth":
    case "test":
      break;
  }
}

/** The one assumption that a policy can state. */
const UNKNOWN_WORDS = "unknown_words_are_not_options";

function assumes(assumptions: readonly Ident[], problems: Problems): boolean {
  for (const assumption of assumptions) {
    if (assumption.text !== UNKNOWN_WORDS)
      problems.report(unknownWord(assumption.span, "assumption", assumption.text, [UNKNOWN_WORDS]));
  }
  return assumptions.some((assumption) => assumption.text === UNKNOWN_WORDS);
}

/** Rules that `without` names and that are not there. */
export function checkWithout(without: readonly Ident[], rules: ReadonlySet<string>, problems: Problems): void {
  for (const name of without) if (!rules.has(name.text)) problems.report(unknownRule(name.span, name.text, rules));
}
