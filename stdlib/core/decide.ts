// The interface of a compiled policy: what a host calls (docs/architecture of the interface: runtime/README.md).
//
// A decision starts as malformed and irreversible. It is lowered only after the whole action was read, every
// effect was decided and no arena ran over while that happened.

import { evaluateAction, isLimited, readAction } from "./action";
import { effectCount, needCount } from "./effects";
import { hasOverflowed, heapRoom, resetHeap } from "./heap";
import { readJson } from "./json/reader";
import { DATA, INPUT, REPORT, SESSION } from "./layout";
import { INPUT_MAX } from "./limits";
import { approvalSeconds, approvalSecondsLeast, gate, malformedVerdict, oversizedVerdict } from "./policy";
import { Outcome, writeReport } from "./report";
import { decideEffects, includeAny, resetRules, tierOfAction, verdictOfDenials } from "./rules";
import { joinAction, joinSession, openSession, sessionTier } from "./session";

/** Version of this interface and of the sections. */
const ABI: i32 = 1;

/** Bits of `form`. */
const PACKED: u32 = 1;
const APPROVED: u32 = 2;

const SAFE_VERDICT: u32 = 0;
const REQUIRE_APPROVAL: u32 = 1;
const DENY: u32 = 2;
const IRREVERSIBLE: u32 = 3;

/** More than the conditions on one effect need at a time. */
const CONDITION_BYTES: u32 = 512 << 10;

const OUTCOME: Outcome = changetype<Outcome>(memory.data(32, 8));

/** Whether the effects and rules of the last decision can still be read. */
let decided: bool = false;
/** Length of the written report, 0 when it is not written yet. */
let reportLength: u32 = 0;
/** False before the first decision and once the input was overwritten. */
let reportable: bool = false;

export function pawl_abi(): i32 {
  return ABI;
}

/** Where the linker places the policy's tables. */
export function pawl_data(): u32 {
  return DATA;
}

/** Where to write an action of `length` bytes, or 0 when it is too long. The last decision's report is gone then. */
export function pawl_input(length: u32): u32 {
  reportable = false;
  return length > INPUT_MAX ? 0 : INPUT;
}

/** Where the session's bytes are. */
export function pawl_session(): u32 {
  return SESSION;
}

/** Joins the session whose bytes are at `pointer` into this one. */
export function pawl_join(pointer: u32): void {
  joinSession(pointer);
}

/**
 * Decides the action in the input. The word:
 *
 *     0-1 tier   2-3 verdict   4 malformed   5 oversized   6 limited   7 evidence would help
 *     8-9 the session's tier before   10-11 after   12 the session's bytes changed
 */
export function pawl_decide(length: u32, form: u32): u32 {
  resetHeap();
  resetRules();
  decided = false;
  reportable = true;
  reportLength = 0;
  let changed = openSession();
  const outcome = OUTCOME;
  outcome.before = sessionTier();
  outcome.tier = IRREVERSIBLE;
  outcome.verdict = malformedVerdict();
  outcome.malformed = 1;
  outcome.oversized = 0;
  outcome.limited = 0;
  outcome.approvalSeconds = 0;
  if (length > INPUT_MAX) {
    outcome.malformed = 0;
    outcome.oversized = 1;
    outcome.verdict = oversizedVerdict();
  } else if ((form & PACKED) == 0 && readJson(INPUT, length) && readAction()) {
    decide(outcome);
  }
  if (outcome.verdict == SAFE_VERDICT || ((form & APPROVED) != 0 && outcome.verdict == REQUIRE_APPROVAL)) {
    if (joinAction(outcome.tier)) changed = true;
  }
  outcome.after = sessionTier();
  return (
    outcome.tier | (outcome.verdict << 2) | (outcome.malformed << 4) | (outcome.oversized << 5) | (outcome.limited << 6) |
    ((decided && needCount() > 0 ? <u32>1 : 0) << 7) | (outcome.before << 8) | (outcome.after << 10) | ((changed ? <u32>1 : 0) << 12)
  );
}

function decide(outcome: Outcome): void {
  evaluateAction();
  if (isLimited()) includeAny();
  if (heapRoom() < CONDITION_BYTES || (isLimited() && effectCount() == 0)) {
    // There is no memory to ask the rules, and one of them might deny.
    outcome.tier = IRREVERSIBLE;
    outcome.verdict = DENY;
    outcome.limited = 1;
    outcome.malformed = 0;
    return;
  }
  decideEffects();
  outcome.tier = tierOfAction();
  outcome.verdict = max(gate(outcome.tier), verdictOfDenials());
  outcome.limited = hasOverflowed() ? 1 : 0;
  outcome.malformed = 0;
  decided = true;
}

/** Writes the report of the last decision, if its action is still in the input. */
export function pawl_report(): u32 {
  if (reportable && reportLength == 0) {
    const outcome = OUTCOME;
    outcome.approvalSeconds = decided ? approvalSeconds() : approvalSecondsLeast();
    reportLength = writeReport(outcome, decided);
  }
  return REPORT;
}

/** Length of what `pawl_report` wrote; 0 when there is no report. */
export function pawl_report_length(): u32 {
  return reportable ? reportLength : 0;
}
