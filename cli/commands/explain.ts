// `pawl explain`: a decision effect by effect and rule by rule.

import { decideDescribed, describedAction } from "../described-action.ts";
import { OK } from "../exit.ts";
import { loadPolicy } from "../load-policy.ts";
import type { ActionFlags } from "../program.ts";
import { renderExplanation } from "../render/decision.ts";
import { paintFor, print, printJson } from "../terminal.ts";

/** Explains an action; the exit status is 0 whatever was decided. */
export async function explain(command: string | undefined, options: ActionFlags): Promise<number> {
  const policy = await loadPolicy(options.policy);
  const action = describedAction(command, options, policy.info.variables);
  const report = decideDescribed(policy, action, options);
  if (options.json === true) printJson(report);
  else print(renderExplanation(report, command ?? null, paintFor(process.stdout)));
  return OK;
}
