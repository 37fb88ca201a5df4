// `pawl approvals`: what waits for a human.

import { listPending } from "../../gate/approvals.ts";
import { describePending } from "../../gate/stop-message.ts";
import { OK } from "../exit.ts";
import { requireInstallation } from "../gate-access.ts";
import { print, printJson } from "../terminal.ts";

/** Lists the stopped actions that nobody has answered. */
export function approvals(options: { readonly json?: true }): number {
  const pending = listPending(requireInstallation());
  if (options.json === true) {
    printJson(pending);
  } else if (pending.length === 0) {
    print("Nothing waits for an approval.");
  } else {
    print(pending.map(describePending).join("\n\n"));
  }
  return OK;
}
