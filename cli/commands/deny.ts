// `pawl deny ID --because TEXT`: a human's no, which the agent reads on its next try.

import { deny as refuse } from "../../gate/approvals.ts";
import { OK } from "../exit.ts";
import { requireInstallation } from "../gate-access.ts";
import { print } from "../terminal.ts";

/** Records the answer. */
export function deny(id: string, options: { readonly because: string }): number {
  refuse(requireInstallation(), id, options.because);
  print(`Denied ${id}; the agent's next try is told why.`);
  return OK;
}
