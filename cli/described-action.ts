// The action that the options of `decide` and `explain` describe, as a host would write it.

import { evidenceOf, gatherEvidence, type EvidenceItem } from "../gate/evidence.ts";
import type { Policy } from "../runtime/index.ts";
import type { Action, Report } from "../runtime/types.ts";
import { CommandError } from "./exit.ts";
import type { ActionFlags } from "./program.ts";
import { requireDirectory } from "./system-files.ts";

/** Rounds of decide, read, decide, as the gate does them. */
const EVIDENCE_ROUNDS_MAX = 3;

/** Makes the action; throws CommandError when the options do not describe one. */
export function describedAction(
  command: string | undefined,
  options: ActionFlags,
  variables: readonly string[],
): Action {
  if ((command === undefined) === (options.tool === undefined)) {
    throw new CommandError("describe one action: a command, or `--tool NAME --input JSON`");
  }
  const cwd = requireDirectory(options.cwd ?? ".");
  const env = variables.flatMap((name) => {
    const value = process.env[name];
    return value === undefined ? [] : [[name, value] as const];
  });
  return {
    agent: options.agent ?? "pawl",
    cwd,
    workspace: options.workspace === undefined ? cwd : requireDirectory(options.workspace),
    env: Object.fromEntries(env),
    ...(command === undefined ? { tool: options.tool ?? "", input: toolInput(options.input) } : { command }),
  };
}

/** Decides the action in a fresh session, with evidence unless it is switched off. */
export function decideDescribed(policy: Policy, action: Action, options: ActionFlags): Report {
  let evidence: readonly EvidenceItem[] = [];
  let report = decideOnce(policy, action);
  for (let round = 0; options.evidence && round < EVIDENCE_ROUNDS_MAX; round++) {
    const more = gatherEvidence(report.needs, evidence, policy.info.inputBytesMax / 4);
    if (more.length === evidence.length) break;
    evidence = more;
    report = decideOnce(policy, { ...action, evidence: evidenceOf(evidence) });
  }
  return report;
}

function decideOnce(policy: Policy, action: Action): Report {
  policy.decide(action);
  return policy.report();
}

function toolInput(text: string | undefined): unknown {
  if (text === undefined) return {};
  try {
    const input: unknown = JSON.parse(text);
    return input;
  } catch {
    throw new CommandError("`--input` is not JSON");
  }
}
