// The reference meaning of a policy: what it decides about an action in a session.
//
// docs/meaning.md says the same in prose, and stdlib/core with compiler/wasm is what runs; a differential test
// holds them together. Only the shell parser is shared, because bash itself judges it.

import type { Action } from "../../runtime/types.ts";
import type { ShellParser } from "../../stdlib/shell-tree.ts";
import type { PolicyIr, Tier, Verdict } from "../ir/ir.ts";
import { TIERS, VERDICTS } from "../ir/ir.ts";
import { runCommand } from "./command.ts";
import type { Context, Effect, Facts, Field, Need, State } from "./context.ts";
import { emitAny } from "./effects.ts";
import { normalise } from "./paths.ts";
import { decideEffects, malformedVerdict } from "./rules.ts";
import { runShell, runStatements } from "./script.ts";
import type { SessionState } from "./session.ts";
import { joinSession } from "./session.ts";
import { runTool } from "./tools.ts";
import { bytesOf, item, known, ORIGIN_COMPUTED, unknown, YES } from "./values.ts";

/** What the policy decides, and why. */
export interface Outcome {
  readonly tier: Tier;
  readonly verdict: Verdict;
  /** The action is not what the interface allows. */
  readonly malformed: boolean;
  readonly effects: readonly FoundEffect[];
  /** Once for each effect that a rule fired for. */
  readonly fired: readonly { readonly rule: string; readonly certain: boolean; readonly effect: number }[];
  /** The session after the action. */
  readonly session: SessionState;
  readonly needs: readonly Need[];
}

export interface FoundEffect {
  /** `*` is the effect that may be any effect. */
  readonly effect: string;
  readonly certain: boolean;
  readonly tier: Tier;
  readonly fields: ReadonlyMap<string, Field>;
}

/** Decides an action. `approved`: a human's approval of exactly this action is shown. */
export function evaluate(
  ir: PolicyIr,
  action: Action,
  session: SessionState,
  parser: ShellParser,
  options: { readonly approved?: boolean } = {},
): Outcome {
  const joins = (verdict: number): boolean =>
    verdict === 0 || (options.approved === true && verdict === VERDICTS.indexOf("require_approval"));
  if (!isWellFormed(action)) {
    const verdict = malformedVerdict(ir.gates);
    const after = joins(verdict) ? joinSession(session, TIERS.length - 1, new Map()) : session;
    return {
      tier: "irreversible",
      verdict: VERDICTS[verdict] ?? "deny",
      malformed: true,
      effects: [],
      fired: [],
      session: after,
      needs: [],
    };
  }
  const ctx: Context = {
    ir,
    facts: factsOf(action),
    parser,
    effects: [],
    needs: [],
    runShell,
    runStatements,
    runCommand,
  };
  const state = startOf(ctx);
  run(ctx, state, action);
  const decided = decideEffects(ctx, state, session);
  return {
    tier: TIERS[decided.tier] ?? "irreversible",
    verdict: VERDICTS[decided.verdict] ?? "deny",
    malformed: false,
    effects: ctx.effects.map((effect, index) => foundEffect(effect, decided.tiers[index] ?? 0)),
    fired: decided.firings.map(({ rule, answer, effect }) => ({ rule: rule.name, certain: answer === YES, effect })),
    session: joins(decided.verdict) ? joinSession(session, decided.tier, decided.added) : session,
    needs: ctx.needs,
  };
}

/** One way to act, a directory that is absolute, and an input only for a tool. */
function isWellFormed(action: Action): boolean {
  const ways = [action.command, action.argv, action.tool].filter((way) => way !== undefined);
  const isAbsolute = (path: string | undefined): boolean => path === undefined || path.startsWith("/");
  const fits = action.tool === undefined ? action.input === undefined : action.tool !== "";
  return ways.length === 1 && fits && isAbsolute(action.cwd) && isAbsolute(action.workspace);
}

function factsOf(action: Action): Facts {
  const texts = (of: Readonly<Record<string, string>> | undefined): ReadonlyMap<string, string> =>
    new Map(Object.entries(of ?? {}).map(([key, text]) => [bytesOf(key), bytesOf(text)]));
  const optional = (text: string | undefined): string | null => (text === undefined ? null : bytesOf(text));
  return {
    agent: optional(action.agent),
    tool: optional(action.tool),
    input: action.input,
    cwd: bytesOf(action.cwd),
    workspace: bytesOf(action.workspace ?? action.cwd),
    env: texts(action.env),
    evidence: {
      link: texts(action.evidence?.link),
      script: texts(action.evidence?.script),
      state: texts(action.evidence?.state),
    },
  };
}

function startOf(ctx: Context): State {
  const { path } = normalise({ path: "/", trusted: 0 }, ctx.facts.cwd, true);
  return {
    variables: new Map(),
    allUnknown: false,
    references: false,
    exported: new Set(),
    functions: [],
    additions: [],
    files: [],
    directory: { path, trusted: path.length },
    parameters: null,
    input: unknown(ORIGIN_COMPUTED),
    depth: 0,
    remote: false,
    shells: 0,
    conditional: false,
    partial: false,
    certainty: YES,
  };
}

function run(ctx: Context, state: State, action: Action): void {
  if (action.command !== undefined) runShell(ctx, state, bytesOf(action.command), state.input);
  else if (action.argv === undefined) runTool(ctx, state, bytesOf(action.tool ?? ""));
  else if (action.argv.length === 0) emitAny(ctx);
  else
    runCommand(
      ctx,
      state,
      action.argv.map((word) => item(known(bytesOf(word)))),
      state.input,
      false,
    );
}

function foundEffect(effect: Effect, tier: number): FoundEffect {
  return {
    effect: effect.type?.name ?? "*",
    certain: effect.certainty === YES,
    tier: TIERS[tier] ?? "irreversible",
    fields: effect.fields,
  };
}
