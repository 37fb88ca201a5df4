// What the laws' tests share: both executors of a policy, and the order of decisions.

import { VERDICTS } from "../../compiler/ir/ir.ts";
import type { Answer } from "../differential/executors.ts";
import { rank } from "../differential/executors.ts";

/** Whether decision `a` is at most decision `b`, in tier and in verdict. */
export function isAtMost(a: Answer, b: Answer): boolean {
  return rank(a.tier) <= rank(b.tier) && VERDICTS.indexOf(a.verdict) <= VERDICTS.indexOf(b.verdict);
}
