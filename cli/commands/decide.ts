// `pawl decide`: what would the policy say? Nothing runs and nothing is recorded.

import { decideDescribed, describedAction } from "../described-action.ts";
import { CommandError, EXIT_OF_VERDICT } from "../exit.ts";
import { decideLines } from "../json-lines.ts";
import { loadPolicy } from "../load-policy.ts";
import type { ActionFlags } from "../program.ts";
import { summarise } from "../render/decision-json.ts";
import { renderVerdict } from "../render/decision.ts";
import { paintFor, print, printJson } from "../terminal.ts";

/** Decides one action, or with `jsonl` one per line; resolves to the exit status. */
export async function decide(
  command: string | undefined,
  options: ActionFlags & { readonly jsonl?: true },
): Promise<number> {
  const policy = await loadPolicy(options.policy);
  if (options.jsonl === true) {
    if (command !== undefined) throw new CommandError("`--jsonl` reads its actions from standard input");
    return decideLines(policy, process.stdin);
  }
  const action = describedAction(command, options, policy.info.variables);
  const report = decideDescribed(policy, action, options);
  if (options.json === true) printJson({ ...summarise(report), report });
  else print(renderVerdict(report, command ?? null, paintFor(process.stdout)));
  return EXIT_OF_VERDICT[report.verdict];
}
