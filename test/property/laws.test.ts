// The six laws of docs/language.md, each as a property of generated policies, sessions and actions, on the compiled
// policy and on the reference evaluator; and for each a change that breaks it, which the property must find.

import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { Cond, GateIr, PolicyIr, RuleIr } from "../../compiler/ir/ir.ts";
import { compileWasm } from "../../compiler/wasm/compile.ts";
import { load } from "../../runtime/index.ts";
import type { SessionState } from "../../compiler/evaluate/session.ts";
import { FRESH_SESSION } from "../../compiler/evaluate/session.ts";
import type { Action } from "../../runtime/types.ts";
import { actions } from "../arbitrary/actions.ts";
import { gate, literals, rule } from "../arbitrary/ir-parts.ts";
import type { Knowing } from "../arbitrary/knowledge.ts";
import { knowing } from "../arbitrary/knowledge.ts";
import { anyGate, policies, ruleNamed } from "../arbitrary/policies.ts";
import { isAtLeast, risingSessions, sessions } from "../arbitrary/sessions.ts";
import type { Answer, Executor } from "../differential/executors.ts";
import { compiled, executorOf, rank, reference } from "../differential/executors.ts";
import { isAtMost } from "./laws.ts";

/** Makes an executor of a policy; a law's test also tries it with one that is wrong. */
type Make = (ir: PolicyIr) => Executor;

/** Compiling takes most of the time, so that the compiled policy gets fewer policies and as many actions for each. */
const EXECUTORS: readonly (readonly [string, Make, number])[] = [
  ["reference", reference, 60],
  ["compiled", compiled, 6],
];
const ACTIONS = 12;

/** Fails as soon as a case breaks the law. */
function check<Case>(
  make: Make,
  runs: number,
  cases: fc.Arbitrary<Case>,
  law: (executor: Executor, one: Case) => void,
  of: fc.Arbitrary<PolicyIr> = policies,
): void {
  fc.assert(
    fc.property(of, fc.array(cases, { minLength: ACTIONS, maxLength: ACTIONS }), (ir, all) => {
      const executor = make(ir);
      for (const one of all) law(executor, one);
    }),
    { numRuns: runs },
  );
}

/** An executor whose answers are changed: an evaluator with a mistake in it. */
function mistaken(
  change: (decide: Executor["decide"], action: Action, session: SessionState, approved: boolean) => Answer,
): Make {
  return (ir) => {
    const right = reference(ir);
    return {
      decide: (action, session, approved = false) =>
        change((...call) => right.decide(...call), action, session, approved),
    };
  };
}

describe("1. session: a greater session never lowers a decision", () => {
  const law = (
    executor: Executor,
    [action, [less, more]]: readonly [Action, readonly [SessionState, SessionState]],
  ): void => {
    expect(isAtMost(executor.decide(action, less), executor.decide(action, more)), JSON.stringify(action)).toBe(true);
  };
  const cases = fc.tuple(actions, risingSessions);

  test.each(EXECUTORS)("%s", (_, make, runs) => check(make, runs, cases, law));

  test("a policy that reads the session negatively breaks it", () => {
    // The checker refuses `not` before a session's mark; the law is why.
    const negated = policies.map((ir): PolicyIr => ({
      ...ir,
      rules: [quiet({ kind: "not", term: { kind: "sessionHas", mark: "m1" } }), ...ir.rules],
    }));
    expect(() => check(reference, 60, cases, law, negated)).toThrow("Property failed");
  });
});

/** A rule that makes every program irreversible under a condition. */
function quiet(when: Cond): RuleIr {
  return rule("a_rule", ["process.exec"], { when: [when], raise: "irreversible" });
}

describe("2. one way: a session only grows, and what is stopped leaves it as it was", () => {
  const law = (executor: Executor, [action, session, approved]: readonly [Action, SessionState, boolean]): void => {
    const answer = executor.decide(action, session, approved);
    const after: SessionState = {
      tier: answer.session.tier,
      marks: new Set(Object.keys(answer.session.counts)),
      counts: new Map(Object.entries(answer.session.counts)),
    };
    const released = answer.verdict === "allow" || (approved && answer.verdict === "require_approval");
    expect(isAtLeast(after, session)).toBe(true);
    if (!released || answer.effects.length === 0) expect(answer.session).toEqual(shown(session));
    if (released) expect(rank(answer.tier)).toBeLessThanOrEqual(after.tier);
  };
  const cases = fc.tuple(actions, sessions, fc.boolean());

  test.each(EXECUTORS)("%s", (_, make, runs) => check(make, runs, cases, law));

  test("an evaluator that puts this action's tier in the place of the session's breaks it", () => {
    const forgets = mistaken((decide, action, session, approved) => {
      const answer = decide(action, session, approved);
      return { ...answer, session: { ...answer.session, tier: rank(answer.tier) } };
    });
    expect(() => check(forgets, 60, cases, law)).toThrow("Property failed");
  });
});

function shown(session: SessionState): Answer["session"] {
  return {
    tier: session.tier,
    counts: Object.fromEntries([...session.marks].sort().map((mark) => [mark, session.counts.get(mark) ?? 0])),
  };
}

describe("3. rules: adding a rule or a gate never lowers a decision", () => {
  interface Pair {
    readonly base: PolicyIr;
    readonly more: PolicyIr;
  }
  const pairs = fc
    .tuple(policies, ruleNamed("added"), fc.option(anyGate))
    .map(([base, added, tighter]): Pair => ({ base, more: grown(base, added, tighter) }));
  const checkPairs = (make: Make, runs: number, of: fc.Arbitrary<Pair>): void => {
    fc.assert(
      fc.property(
        of,
        fc.array(fc.tuple(actions, sessions), { minLength: ACTIONS, maxLength: ACTIONS }),
        ({ base, more }, cases) => {
          const [left, right] = [make(base), make(more)];
          for (const [action, session] of cases) {
            expect(isAtMost(left.decide(action, session), right.decide(action, session)), JSON.stringify(action)).toBe(
              true,
            );
          }
        },
      ),
      { numRuns: runs },
    );
  };

  test.each(EXECUTORS)("%s", (_, make, runs) => checkPairs(make, Math.ceil(runs / 2), pairs));

  test("an added recogniser breaks it: knowledge can lower a tier, so an overlay may bring none", () => {
    const known = policies.map((base): Pair => ({
      base,
      more: { ...base, commands: [...base.commands, ...harmless] },
    }));
    expect(() => checkPairs(reference, 60, known)).toThrow("Property failed");
  });
});

/** `command cc { otherwise does nothing }`. */
const harmless: PolicyIr["commands"] = [
  {
    programs: ["cc"],
    syntax: "gnu",
    assignments: false,
    options: [],
    usages: [],
    otherwise: [{ kind: "nothing" }],
    subcommands: [],
    observer: false,
    span: { source: 0, start: 0, end: 0 },
  },
];

function grown(base: PolicyIr, added: RuleIr, tighter: GateIr | null): PolicyIr {
  const rules = [...base.rules, added].sort((a, b) => (a.name < b.name ? -1 : 1));
  return { ...base, rules, gates: tighter === null ? base.gates : [...base.gates, tighter] };
}

describe("4. knowledge: what an unknown turns out to be never raises a tier and never stops what was allowed", () => {
  const law = (executor: Executor, [{ open, closed }, session]: readonly [Knowing, SessionState]): void => {
    const before = executor.decide(open, session);
    const after = executor.decide(closed, session);
    const message = JSON.stringify([open, closed]);
    expect(rank(after.tier), message).toBeLessThanOrEqual(rank(before.tier));
    if (before.verdict === "allow") expect(after.verdict, message).toBe("allow");
  };
  const cases = fc.tuple(knowing, sessions);

  test.each(EXECUTORS)("%s", (_, make, runs) => check(make, runs, cases, law));

  test("an evaluator that takes what it does not know for empty breaks it", () => {
    const empties = mistaken((decide, action, session, approved) => decide(withoutUnknowns(action), session, approved));
    expect(() => check(empties, 2000, cases, law)).toThrow("Property failed");
  });
});

function withoutUnknowns(action: Action): Action {
  return { ...action, env: { U1: "", U2: "", UNKNOWN: "", ...action.env } };
}

describe("5. stop: nothing irreversible is allowed", () => {
  const law = (executor: Executor, [action, session]: readonly [Action, SessionState]): void => {
    const answer = executor.decide(action, session);
    if (answer.tier === "irreversible") expect(answer.verdict, JSON.stringify(action)).not.toBe("allow");
    // An approval releases exactly what asked for one: it lowers neither tier nor verdict, and never a denial.
    const approved = executor.decide(action, session, true);
    expect([approved.tier, approved.verdict]).toEqual([answer.tier, answer.verdict]);
    if (answer.verdict === "deny") expect(approved.session).toEqual(shown(session));
  };
  const cases = fc.tuple(actions, sessions);

  test.each(EXECUTORS)("%s", (_, make, runs) => check(make, runs, cases, law));

  test("a gate that allows what is irreversible breaks it", () => {
    const open = policies.map((ir): PolicyIr => ({ ...ir, gates: [gate(["allow", "allow", "allow", "allow"])] }));
    expect(() => check(reference, 60, cases, law, open)).toThrow("Property failed");
  });

  test("gates that apply to others alone do not replace the default gate", () => {
    const others = policies.map((ir): PolicyIr => ({
      ...ir,
      gates: [
        gate(["allow", "allow", "deny", "deny"], {
          when: [{ kind: "match", subject: { kind: "action", key: "agent" }, patterns: literals("nobody") }],
        }),
      ],
    }));
    check(reference, 20, cases, law, others);
    check(compiled, 2, cases, law, others);
  });
});

describe("6. same everywhere: a decision is a function of the bytes of module, action and session", () => {
  const cases = fc.tuple(actions, sessions);

  test("a module has no imports, is the same each time, and decides the same in any order and instance", () => {
    fc.assert(
      fc.property(policies, fc.array(cases, { minLength: ACTIONS, maxLength: ACTIONS }), (ir, all) => {
        const bytes = compileWasm(ir, { optimize: false });
        expect(compileWasm(ir, { optimize: false })).toEqual(bytes);
        expect(WebAssembly.Module.imports(new WebAssembly.Module(Uint8Array.from(bytes)))).toEqual([]);
        const [one, other] = [executorOf(load(Uint8Array.from(bytes))), executorOf(load(Uint8Array.from(bytes)))];
        const forwards = all.map(([action, session]) => one.decide(action, session));
        const backwards = all
          .toReversed()
          .map(([action, session]) => other.decide(action, session))
          .toReversed();
        expect(backwards).toEqual(forwards);
        expect(all.map(([action, session]) => one.decide(action, session))).toEqual(forwards);
      }),
      { numRuns: 4 },
    );
  });

  test("an evaluator that remembers the action before breaks it", () => {
    let last = 0;
    const remembers = mistaken((decide, action, session, approved) => {
      const answer = decide(action, { ...session, tier: Math.max(last, session.tier) }, approved);
      last = rank(answer.tier);
      return answer;
    });
    const law = (executor: Executor, [action, session]: readonly [Action, SessionState]): void => {
      const first = executor.decide(action, session);
      executor.decide({ command: "cc", cwd: "/" }, FRESH_SESSION);
      expect(executor.decide(action, session)).toEqual(first);
    };
    check(reference, 10, cases, law);
    expect(() => check(remembers, 60, cases, law)).toThrow("Property failed");
  });

  test("every text is decided, and one that is no action stops", () => {
    const ir = { ...fc.sample(policies, { numRuns: 1, seed: 7 })[0] } as PolicyIr;
    const policy = load(Uint8Array.from(compileWasm(ir, { optimize: false })));
    const text = fc.oneof(
      fc.uint8Array({ maxLength: 200 }),
      fc.json().map((json) => new TextEncoder().encode(json)),
      actions.map((action) => new TextEncoder().encode(JSON.stringify(action).slice(0, -1))),
      fc.constantFrom(1 << 20, (1 << 20) + 1, 3 << 20).map((length) => new Uint8Array(length).fill(0x5b)),
    );
    fc.assert(
      fc.property(text, (bytes) => {
        const decision = policy.decide(bytes);
        expect(decision.malformed || decision.oversized).toBe(true);
        expect(decision.tier).toBe("irreversible");
        expect(decision.verdict).not.toBe("allow");
      }),
      { numRuns: 100 },
    );
  });
});
