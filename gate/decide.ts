// The whole of one decision: lock, session, policy, evidence, approvals, ledger, session again, release.

import type { Action, Decision, Report, ReportedRule, Tier, Verdict } from "../runtime/types.ts";
import {
  ask,
  findApproval,
  isAsShown,
  spend,
  takeDenial,
  voidApproval,
  type Approval,
  type Pending,
  type ShownRule,
} from "./approvals.ts";
import { digestBytes } from "./digest.ts";
import { evidenceOf, gatherEvidence, type EvidenceItem } from "./evidence.ts";
import type { Gate } from "./gate.ts";
import { GateError } from "./gate-error.ts";
import { appendEntry, type Entry } from "./ledger.ts";
import { evidenceRoundsMax, ledgerItemsMax, ledgerTextMax, reviewedBytesMax } from "./limits.ts";
import { withLock } from "./lock.ts";
import { digestSubject, type GateRequest, type Reading, type RunTarget, type Subject } from "./request.ts";
import { loadSession, storeSession, type SessionState } from "./sessions.ts";
import { tierRank, verdictRank } from "./tiers.ts";
import { clip } from "./visible-text.ts";

export interface GateDecision {
  /** `run`: released. `approval`: waits for a human. `denied`: by the policy or by a human. */
  readonly outcome: "run" | "approval" | "denied";
  readonly tier: Tier;
  readonly verdict: Verdict;
  /** Of the reading that decided. */
  readonly report: Report;
  /** Every rule that fired on any reading, once. */
  readonly rules: readonly ShownRule[];
  /** The request to a human, when there is one. */
  readonly pending: Pending | null;
  /** A human's answer to an earlier try. */
  readonly denial: string | null;
  /** Why no human can be asked, or null. */
  readonly unaskable: string | null;
  /** The approval that was spent on this run. */
  readonly approval: Approval | null;
  /** What must still hold when the action runs: see `requireUnchanged`. */
  readonly evidence: readonly EvidenceItem[];
  /** Of the ledger entry that records the decision. */
  readonly sequence: number;
}

/**
 * Decides, and joins the session and spends the approval before it says `run`. Throws GateError when anything fails;
 * then nothing may run.
 */
export function decideAction(gate: Gate, request: GateRequest): GateDecision {
  return withLock(gate.installation, () => decideLocked(gate, request));
}

/** Decides bytes that are no tool call. The policy says how strictly; `why` is what the reader found. */
export function decideMalformed(
  gate: Gate,
  bytes: Uint8Array,
  why: string,
  who: { readonly agent: string; readonly session: string; readonly cwd: string },
): GateDecision {
  return withLock(gate.installation, () => {
    const { policy } = gate;
    // One byte beyond the limit is enough for the policy to see that it is too long.
    const given = new Uint8Array(bytes.subarray(0, policy.info.inputBytesMax + 1));
    policy.decide(given, policy.newSession());
    const report = policy.report();
    const entry = record(gate, {
      ...who,
      action: why,
      subject: digestBytes(bytes),
      outcome: "denied",
      tier: report.tier,
      verdict: report.verdict,
      rules: rulesOf([report]),
      effects: [],
      evidence: [],
      approval: null,
      malformed: true,
    });
    return {
      outcome: "denied",
      tier: report.tier,
      verdict: report.verdict,
      report,
      rules: rulesOf([report]),
      pending: null,
      denial: null,
      unaskable: why,
      approval: null,
      evidence: [],
      sequence: entry.sequence,
    };
  });
}

function decideLocked(gate: Gate, request: GateRequest): GateDecision {
  const { installation } = gate;
  const before = openSession(gate, request);
  const { workspace } = before;
  const judged = judgeWithEvidence(gate, request, before, workspace);
  const subject: Subject = {
    module: gate.moduleDigest,
    agent: request.agent,
    session: request.session,
    cwd: request.cwd,
    workspace,
    run: request.run,
    variables: request.variables,
    evidence: judged.evidence,
  };
  const answer = answerOf(gate, request, before, judged, subject);
  const entry = record(gate, {
    agent: request.agent,
    session: request.session,
    cwd: request.cwd,
    action: textOf(request.run),
    subject: digestSubject(subject),
    outcome: answer.outcome,
    tier: judged.tier,
    verdict: judged.verdict,
    rules: judged.rules,
    effects: judged.effects,
    evidence: judged.evidence,
    approval: answer.approval?.pending.id ?? null,
    malformed: judged.report.malformed,
  });
  // A stopped action leaves the session as it was.
  const isChanged = answer.outcome === "run" && !Buffer.from(before.bytes).equals(answer.session);
  if (isChanged) storeSession(installation, { ...before, bytes: answer.session });
  const { session: _, ...rest } = answer;
  return {
    ...rest,
    tier: judged.tier,
    verdict: judged.verdict,
    report: judged.report,
    rules: judged.rules,
    evidence: judged.evidence,
    sequence: entry.sequence,
  };
}

/** The session, which is made before it is first recorded: whatever the ledger names has a file or was lost. */
function openSession(gate: Gate, request: GateRequest): SessionState {
  const stored = loadSession(gate.installation, request.session);
  if (stored !== null) return stored;
  const { session, agent, workspace } = request;
  const made = { session, agent, workspace, bytes: gate.policy.newSession().bytes };
  storeSession(gate.installation, made);
  return made;
}

interface Answer extends Pick<GateDecision, "outcome" | "pending" | "denial" | "unaskable" | "approval"> {
  /** The session after the action, if it runs. */
  readonly session: Uint8Array;
}

function answerOf(gate: Gate, request: GateRequest, before: SessionState, judged: Judged, subject: Subject): Answer {
  const nothing = { pending: null, denial: null, unaskable: null, approval: null, session: judged.session };
  switch (judged.verdict) {
    case "allow":
      return { ...nothing, outcome: "run" };
    case "deny":
      return { ...nothing, outcome: "denied" };
    case "require_approval":
      return answerByHuman(gate, request, before, judged, subject, nothing);
  }
}

function answerByHuman(
  gate: Gate,
  request: GateRequest,
  before: SessionState,
  judged: Judged,
  subject: Subject,
  nothing: Omit<Answer, "outcome">,
): Answer {
  const { installation } = gate;
  const digest = digestSubject(subject);
  const denial = takeDenial(installation, digest, gate.now());
  if (denial !== null) return { ...nothing, outcome: "denied", denial };
  const approval = findApproval(installation, digest, gate.now());
  if (approval !== null && isAsShown(approval, judged)) {
    const approved = judge(gate, request, before, subject.workspace, judged.evidence, true);
    if (approved.verdict === "require_approval" && isAsShown(approval, approved)) {
      spend(installation, approval);
      return { ...nothing, outcome: "run", approval, session: approved.session };
    }
  }
  if (approval !== null) voidApproval(installation, approval);
  if (judged.report.malformed || judged.report.oversized) {
    return {
      ...nothing,
      outcome: "denied",
      unaskable: judged.report.oversized ? "the call is too long to be judged" : "the call is malformed",
    };
  }
  try {
    const shown = {
      subject,
      tier: judged.tier,
      rules: judged.rules,
      effects: judged.effects,
      approvalSeconds: judged.report.approvalSeconds,
    };
    return { ...nothing, outcome: "approval", pending: ask(installation, shown, gate.now()) };
  } catch (error) {
    if (error instanceof GateError && error.code === "limit")
      return { ...nothing, outcome: "denied", unaskable: `${error.what}; ${error.remedy}` };
    throw error;
  }
}

/** All readings of one action, joined. */
interface Judged {
  readonly tier: Tier;
  readonly verdict: Verdict;
  readonly report: Report;
  readonly rules: readonly ShownRule[];
  readonly effects: readonly string[];
  readonly needs: Report["needs"];
  readonly evidence: readonly EvidenceItem[];
  readonly session: Uint8Array;
}

function judgeWithEvidence(gate: Gate, request: GateRequest, before: SessionState, workspace: string): Judged {
  const actionBytes = Math.max(...request.readings.map((reading) => Buffer.byteLength(JSON.stringify(reading))));
  // Evidence must not make an action oversized that is not; JSON can double a text's length.
  const textBytesMax = Math.min(
    reviewedBytesMax,
    Math.max(0, Math.floor((gate.policy.info.inputBytesMax - actionBytes) / 3)),
  );
  let judged = judge(gate, request, before, workspace, [], false);
  for (let round = 0; round < evidenceRoundsMax; round++) {
    const evidence = gatherEvidence(judged.needs, judged.evidence, textBytesMax);
    if (evidence.length === judged.evidence.length) break;
    judged = judge(gate, request, before, workspace, evidence, false);
  }
  return judged;
}

function judge(
  gate: Gate,
  request: GateRequest,
  before: SessionState,
  workspace: string,
  evidence: readonly EvidenceItem[],
  approved: boolean,
): Judged {
  const { policy } = gate;
  const session = policy.newSession();
  session.bytes = new Uint8Array(before.bytes);
  const outcomes = request.readings.map((reading) => {
    const decision = policy.decide(actionOf(request, reading, workspace, evidence), session, { approved });
    return { decision, report: policy.report() };
  });
  const strictest = outcomes.reduce((left, right) => (isStricter(right.decision, left.decision) ? right : left));
  const reports = outcomes.map(({ report }) => report);
  return {
    tier: reports.map(({ tier }) => tier).reduce((left, right) => (tierRank(left) < tierRank(right) ? right : left)),
    verdict: strictest.decision.verdict,
    report: strictest.report,
    rules: rulesOf(reports),
    effects: effectsOf(reports),
    needs: reports.flatMap(({ needs }) => needs),
    evidence,
    session: new Uint8Array(session.bytes),
  };
}

function actionOf(
  request: GateRequest,
  reading: Reading,
  workspace: string,
  evidence: readonly EvidenceItem[],
): Action {
  const { agent, session, cwd, variables } = request;
  const action: Action = { agent, session, ...reading, cwd, workspace, env: variables };
  return evidence.length === 0 ? action : { ...action, evidence: evidenceOf(evidence) };
}

function isStricter(left: Decision, right: Decision): boolean {
  const byVerdict = verdictRank(left.verdict) - verdictRank(right.verdict);
  return 0 < byVerdict || (byVerdict === 0 && tierRank(right.tier) < tierRank(left.tier));
}

/** Each rule and reason once, certain ones before those that perhaps fired. */
function rulesOf(reports: readonly Report[]): readonly ShownRule[] {
  const shown = new Map<string, ShownRule>();
  const fired: readonly ReportedRule[] = reports.flatMap(({ rules }) => rules);
  for (const { rule, certain, reason, instead } of [
    ...fired.filter((one) => one.certain),
    ...fired.filter((one) => !one.certain),
  ]) {
    const key = JSON.stringify([rule, reason]);
    if (!shown.has(key)) shown.set(key, { rule, certain, reason, instead });
  }
  return [...shown.values()];
}

/** Each effect once, with what it is about. */
/** How the effect that may be any effect begins in `effects`. */
export const anything = "may do anything:";

function effectsOf(reports: readonly Report[]): readonly string[] {
  const lines = reports
    .flatMap(({ effects }) => effects)
    .map(({ effect, certain, fields }) => {
      const about = Object.values(fields).flatMap((value) => (Array.isArray(value) ? value.map(String) : []));
      if (effect === "*") return [anything, ...about].join(" ");
      return [certain ? effect : `perhaps ${effect}`, ...about].join(" ");
    });
  return [...new Set(lines)].slice(0, ledgerItemsMax);
}

interface Recorded {
  readonly agent: string;
  readonly session: string;
  readonly cwd: string;
  readonly action: string;
  readonly subject: string;
  readonly outcome: GateDecision["outcome"];
  readonly tier: Tier;
  readonly verdict: Verdict;
  readonly rules: readonly ShownRule[];
  readonly effects: readonly string[];
  readonly evidence: readonly EvidenceItem[];
  readonly approval: string | null;
  readonly malformed: boolean;
}

function record(gate: Gate, recorded: Recorded): Entry {
  const { action, rules, effects, evidence, ...rest } = recorded;
  return appendEntry(gate.installation, "decision", {
    ...rest,
    session: clip(rest.session, ledgerTextMax),
    cwd: clip(rest.cwd, ledgerTextMax),
    action: clip(action, ledgerTextMax),
    rules: [...new Set(rules.map(({ rule }) => rule))].slice(0, ledgerItemsMax),
    effects: effects.map((effect) => clip(effect, 200)),
    evidence: evidence.map(({ kind, path, digest }) => ({ kind, path: clip(path, ledgerTextMax), digest })),
    module: gate.moduleDigest,
  });
}

/** What runs, as one text for people; never what is judged or run. */
function textOf(run: RunTarget): string {
  switch (run.kind) {
    case "argv":
      return JSON.stringify([run.program, ...run.argv.slice(1)]);
    case "shell":
      return run.text;
    case "tool":
      return `${run.tool} ${run.input}`;
  }
}
