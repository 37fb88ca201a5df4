// The two executors of a policy, answering in one form that can be compared.

import { TIERS } from "../../compiler/ir/ir.ts";
import type { PolicyIr, Tier, Verdict } from "../../compiler/ir/ir.ts";
import type { Field } from "../../compiler/evaluate/context.ts";
import { evaluate } from "../../compiler/evaluate/evaluate.ts";
import type { SessionState } from "../../compiler/evaluate/session.ts";
import { REMOTE } from "../../compiler/evaluate/values.ts";
import type { Value } from "../../compiler/evaluate/values.ts";
import { compileWasm } from "../../compiler/wasm/compile.ts";
import type { Action, Policy, ReportedEffect } from "../../runtime/index.ts";
import { load, Session } from "../../runtime/index.ts";
import { readSession, writeSession } from "../../runtime/session.ts";
import type { ShellParser } from "../../stdlib/shell-tree.ts";
import { shellParser } from "../../stdlib/shell-tree.ts";
import { debugModule } from "../core/debug-build.ts";

export interface Answer {
  readonly tier: Tier;
  readonly verdict: Verdict;
  readonly malformed: boolean;
  readonly session: { readonly tier: number; readonly counts: Readonly<Record<string, number>> };
  /** Rule, certainty and the effect that it fired for; sorted. */
  readonly fired: readonly string[];
  readonly effects: readonly {
    readonly effect: string;
    readonly certain: boolean;
    readonly tier: Tier;
    readonly fields: ReportedEffect["fields"];
  }[];
  readonly needs: readonly string[];
}

export interface Executor {
  decide(action: Action, session: SessionState, approved?: boolean): Answer;
}

let sharedParser: ShellParser | null = null;

export function parser(): ShellParser {
  sharedParser ??= shellParser(debugModule());
  return sharedParser;
}

/** The reference evaluator. */
export function reference(ir: PolicyIr): Executor {
  return {
    decide(action, session, approved = false) {
      const outcome = evaluate(ir, action, session, parser(), { approved });
      return {
        tier: outcome.tier,
        verdict: outcome.verdict,
        malformed: outcome.malformed,
        session: sessionAnswer(outcome.session),
        fired: outcome.fired.map(({ rule, certain, effect }) => `${rule} ${certain} ${effect}`).sort(),
        effects: outcome.effects.map(({ effect, certain, tier, fields }) => ({
          effect,
          certain,
          tier,
          fields: Object.fromEntries([...fields].map(([name, field]) => [name, shownField(field)])),
        })),
        needs: outcome.needs.map(({ kind, path }) => `${kind} ${shownText(path)}`),
      };
    },
  };
}

/** The compiled policy. Optimising is the linker's own business and tested there. */
export function compiled(ir: PolicyIr): Executor {
  return executorOf(load(compileWasm(ir, { optimize: false })));
}

export function executorOf(policy: Policy): Executor {
  return {
    decide(action, before, approved = false) {
      const session = sessionOf(policy, before);
      const decision = policy.decide(action, session, { approved });
      const report = policy.report();
      return {
        tier: decision.tier,
        verdict: decision.verdict,
        malformed: decision.malformed,
        session: sessionAnswer(stateOf(session)),
        fired: report.rules.map(({ rule, certain, effect }) => `${rule} ${certain} ${effect}`).sort(),
        effects: report.effects.map(({ effect, certain, tier, fields }) => ({
          effect,
          certain,
          tier,
          fields: effect === "*" ? {} : shownFields(fields),
        })),
        needs: report.needs.map(({ kind, path }) => `${kind} ${path}`),
      };
    },
  };
}

function sessionAnswer(state: SessionState): Answer["session"] {
  const set = [...state.marks].sort().map((mark) => [mark, state.counts.get(mark) ?? 0] as const);
  return { tier: state.tier, counts: Object.fromEntries(set) };
}

// Where a module keeps its session (stdlib/core/session.ts).
const TIER_AT = 32;
const MARKS_AT = 36;
const COUNTS_AT = 68;

function sessionOf(policy: Policy, state: SessionState): Session {
  const fresh = readSession(policy.newSession().bytes);
  const memory = fresh.memory.slice();
  const view = new DataView(memory.buffer);
  view.setUint32(TIER_AT, state.tier, true);
  fresh.marks.forEach((mark, number) => {
    if (!state.marks.has(mark)) return;
    memory[MARKS_AT + (number >> 3)] = (memory[MARKS_AT + (number >> 3)] ?? 0) | (1 << (number & 7));
    view.setUint32(COUNTS_AT + 4 * number, state.counts.get(mark) ?? 0, true);
  });
  return new Session(writeSession({ ...fresh, memory }));
}

function stateOf(session: Session): SessionState {
  const { memory, marks } = readSession(session.bytes);
  const view = new DataView(memory.buffer, memory.byteOffset);
  const set = marks.flatMap((mark, number): [string, number][] => {
    const isSet = (((memory[MARKS_AT + (number >> 3)] ?? 0) >> (number & 7)) & 1) === 1;
    return isSet ? [[mark, view.getUint32(COUNTS_AT + 4 * number, true)]] : [];
  });
  return { tier: view.getUint32(TIER_AT, true), marks: new Set(set.map(([mark]) => mark)), counts: new Map(set) };
}

/** The tier's number. */
export function rank(tier: Tier): number {
  return TIERS.indexOf(tier);
}

// The report shows a text's holes as `…`; how many of them stand side by side says nothing.

type ShownField = ReportedEffect["fields"][string];

function shownField(field: Field): ShownField {
  switch (field.kind) {
    case "answer":
      return (["no", "maybe", "yes"] as const)[field.answer];
    case "list":
      return shownList(field.items.flatMap((item) => item.value.texts.map(shownText)));
    case "value":
      return field.value === null ? null : shownValue(field.value);
  }
}

/** A list that is none and one without elements answer everything alike. */
function shownList(texts: readonly string[]): ShownField {
  return texts.length === 0 ? null : texts;
}

function shownValue(value: Value): readonly string[] {
  return value.texts.map(shownText);
}

function shownText(text: string): string {
  if (text.startsWith(REMOTE)) return `host:${shownText(text.slice(REMOTE.length))}`;
  const pieces = text
    .split(/[\xfd-\xff]+/)
    .map((piece) => new TextDecoder().decode(Uint8Array.from(piece, (byte) => byte.charCodeAt(0))));
  return pieces.join("…");
}

function shownFields(fields: ReportedEffect["fields"]): ReportedEffect["fields"] {
  return Object.fromEntries(
    Object.entries(fields).map(([name, field]): [string, ShownField] => [
      name,
      typeof field === "string" || field === null ? field : shownList(field.map((text) => text.replace(/…+/g, "…"))),
    ]),
  );
}
