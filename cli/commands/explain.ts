// `pawl explain`: a decision effect by effect and rule by rule, or the page behind a diagnostic's code.

import { explain as explainCode } from "../../compiler/diagnostics/explain.ts";
import { decideDescribed, describedAction } from "../described-action.ts";
import { CommandError, OK } from "../exit.ts";
import { loadPolicy } from "../load-policy.ts";
import type { ActionFlags } from "../program.ts";
import { renderExplanation } from "../render/decision.ts";
import { paintFor, print, printJson } from "../terminal.ts";

/** Explains an action or a code; the exit status is 0 whatever was decided. */
export async function explain(what: string | undefined, options: ActionFlags): Promise<number> {
  if (what !== undefined && /^[A-Z]\d{3}$/i.test(what)) return explainDiagnostic(what);
  const policy = await loadPolicy(options.policy);
  const action = describedAction(what, options, policy.info.variables);
  const report = decideDescribed(policy, action, options);
  if (options.json === true) printJson(report);
  else print(renderExplanation(report, what ?? null, paintFor(process.stdout)));
  return OK;
}

function explainDiagnostic(code: string): number {
  const page = explainCode(code);
  if (page === null) throw new CommandError(`there is no diagnostic ${code}`, { help: "docs/diagnostics/ lists them" });
  print(page.trimEnd());
  return OK;
}
