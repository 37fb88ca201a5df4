// The compiled policy and the reference evaluator give the same decision, effects, rules and session.

import fc from "fast-check";
import { expect, test } from "vitest";
import { actions } from "../arbitrary/actions.ts";
import { policies } from "../arbitrary/policies.ts";
import { sessions } from "../arbitrary/sessions.ts";
import { compiled, reference } from "./executors.ts";

test("compiled(action) = reference(action)", () => {
  fc.assert(
    fc.property(
      policies,
      fc.array(fc.tuple(actions, sessions, fc.boolean()), { minLength: 8, maxLength: 12 }),
      (ir, cases) => {
        const [left, right] = [compiled(ir), reference(ir)];
        for (const [action, session, approved] of cases) {
          expect(left.decide(action, session, approved), JSON.stringify(action)).toEqual(
            right.decide(action, session, approved),
          );
        }
      },
    ),
    { numRuns: 12 },
  );
});
