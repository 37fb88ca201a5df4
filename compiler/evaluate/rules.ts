// From effects to a decision: rules, marks and gates (docs/meaning.md, section 6).

import type { GateIr, RuleIr } from "../ir/ir.ts";
import { TIERS, VERDICTS } from "../ir/ir.ts";
import type { SessionView } from "./conditions.ts";
import { conditionAnswer } from "./conditions.ts";
import type { Context, Effect, Field, State } from "./context.ts";
import { openField } from "./effects.ts";
import { scopeOf } from "./operands.ts";
import type { SessionState } from "./session.ts";
import type { Answer } from "./values.ts";
import { MAYBE, min, NO, not, ordinary, YES } from "./values.ts";

/** A rule that fired for an effect. */
export interface Firing {
  readonly rule: RuleIr;
  readonly answer: Answer;
  /** The index of the effect. */
  readonly effect: number;
}

export interface Decided {
  readonly tier: number;
  readonly verdict: number;
  readonly firings: readonly Firing[];
  /** The tier of each effect. */
  readonly tiers: readonly number[];
  /** How many effects of this action set each mark. */
  readonly added: ReadonlyMap<string, number>;
}

/** What holds in a policy without a gate; ten minutes are as long as a human takes to look. */
const DEFAULT_GATE: GateIr = {
  when: [],
  verdicts: ["allow", "allow", "allow", "require_approval"],
  malformed: "require_approval",
  oversized: "require_approval",
  approvalSeconds: 600,
  span: null,
};

/** Decides every effect, again as long as marks that the action itself sets are news to the rules. */
export function decideEffects(ctx: Context, state: State, session: SessionState): Decided {
  let added: ReadonlyMap<string, number> = new Map();
  for (;;) {
    const view = viewOf(session, added);
    const decisions = ctx.effects.map((effect, index) => decideEffect(ctx, state, effect, index, view));
    const firings = decisions.flatMap((decision) => decision.firings);
    const next = countMarks(firings);
    if (!sameCounts(added, next)) {
      added = next;
      continue;
    }
    const tiers = decisions.map((decision) => decision.tier);
    const tier = Math.max(0, ...tiers);
    const verdict = Math.max(gateVerdict(ctx, state, tier, view), denialOf(firings));
    return { tier, verdict, firings, tiers, added };
  }
}

function viewOf(session: SessionState, added: ReadonlyMap<string, number>): SessionView {
  return {
    tier: session.tier,
    has: (mark) => session.marks.has(mark) || added.has(mark),
    count: (mark) => Math.min(0xffff_ffff, (session.counts.get(mark) ?? 0) + (added.get(mark) ?? 0)),
  };
}

function decideEffect(
  ctx: Context,
  state: State,
  effect: Effect,
  index: number,
  view: SessionView,
): { readonly tier: number; readonly firings: readonly Firing[] } {
  const instances = effect.type === null ? everyEffect(ctx) : [effect];
  const firings = instances.flatMap((instance) =>
    ctx.ir.rules.flatMap((rule): Firing[] => {
      const answer = ruleAnswer(ctx, state, rule, instance, view);
      return answer === NO ? [] : [{ rule, answer, effect: index }];
    }),
  );
  const floors = instances.map((instance) => TIERS.indexOf(instance.type?.floor ?? "safe"));
  const raises = firings.map(({ rule }) => TIERS.indexOf(rule.raise ?? "safe"));
  return { tier: Math.max(0, ...floors, ...raises), firings };
}

/** An instance of each kind of effect of which nothing is known. */
function everyEffect(ctx: Context): readonly Effect[] {
  return ctx.ir.effects.map((type) => ({
    type,
    certainty: MAYBE,
    fields: new Map(type.fields.map((field) => [field.name, openField(field.type)])),
  }));
}

function ruleAnswer(ctx: Context, state: State, rule: RuleIr, effect: Effect, view: SessionView): Answer {
  if (effect.type === null || !rule.effects.includes(effect.type.name)) return NO;
  const scope = { ...scopeOf(ctx, state), effect: rule.ordinaryNames ? ordinaryEffect(effect) : effect };
  const when = rule.when.map((cond) => conditionAnswer(cond, scope, view));
  const unless = rule.unless.map((cond) => not(conditionAnswer(cond, scope, view)));
  const holds = when.reduce(min, effect.certainty);
  if (rule.ordinaryNames && holds === MAYBE && hasOpenName(effect)) return NO;
  return unless.reduce(min, holds);
}

/** The effect as it is when every unknown name in its paths is an ordinary one. */
function ordinaryEffect(effect: Effect): Effect {
  const fields = [...effect.fields].map(([name, field]): [string, Field] =>
    field.kind === "value" && field.value !== null ? [name, { ...field, value: ordinary(field.value) }] : [name, field],
  );
  return { ...effect, fields: new Map(fields) };
}

/** Whether some path of the effect may lead elsewhere, or has, in each of its texts, a last component that begins with something unknown. */
function hasOpenName(effect: Effect): boolean {
  const paths = effect.type?.fields.filter((field) => field.type === "path") ?? [];
  return paths.some(({ name }) => {
    const field = effect.fields.get(name);
    if (field?.kind !== "value" || field.value === null) return false;
    if (0 < field.value.elsewhere) return true;
    return 0 < field.value.texts.length && field.value.texts.every((text) => /(?:^|\/)[\xfd-\xff][^/]*$/.test(text));
  });
}

function countMarks(firings: readonly Firing[]): ReadonlyMap<string, number> {
  const effects = new Map<string, Set<number>>();
  for (const { rule, effect } of firings) {
    for (const mark of rule.marks) effects.set(mark, (effects.get(mark) ?? new Set()).add(effect));
  }
  return new Map([...effects].map(([mark, set]) => [mark, set.size]));
}

function sameCounts(a: ReadonlyMap<string, number>, b: ReadonlyMap<string, number>): boolean {
  return a.size === b.size && [...a].every(([mark, count]) => b.get(mark) === count);
}

/** A denial that is only perhaps needs an approval. */
function denialOf(firings: readonly Firing[]): number {
  return Math.max(
    0,
    ...firings.map(({ rule, answer }) =>
      !rule.deny ? 0 : answer === YES ? VERDICTS.indexOf("deny") : VERDICTS.indexOf("require_approval"),
    ),
  );
}

/** Gates that hold for an agent or a tool alone only tighten: without one that always holds, the default does. */
function allGates(gates: readonly GateIr[]): readonly GateIr[] {
  return gates.some((gate) => gate.when.length === 0) ? gates : [...gates, DEFAULT_GATE];
}

/** The greatest verdict over the gates whose conditions are not no. */
function gateVerdict(ctx: Context, state: State, tier: number, view: SessionView): number {
  const scope = scopeOf(ctx, state);
  const applying = allGates(ctx.ir.gates).filter((gate) =>
    gate.when.every((cond) => conditionAnswer(cond, scope, view) !== NO),
  );
  return Math.max(0, ...applying.map((gate) => VERDICTS.indexOf(gate.verdicts[tier] ?? "deny")));
}

/** Nothing of a malformed action can be relied on, so every gate applies. */
export function malformedVerdict(gates: readonly GateIr[]): number {
  return Math.max(
    ...allGates(gates).map((gate) => Math.max(VERDICTS.indexOf(gate.malformed), VERDICTS.indexOf(gate.verdicts[3]))),
  );
}
