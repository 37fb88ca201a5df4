// `pawl session …`: what the gate remembers of agents' sessions.

import { endSession, listSessions, showSession } from "../../gate/sessions.ts";
import { visible } from "../../gate/visible-text.ts";
import { OK } from "../exit.ts";
import { requireInstallation } from "../gate-access.ts";
import { print, printJson } from "../terminal.ts";
import { passphraseFor } from "./approve.ts";

/** Lists the sessions, one a line. */
export function sessionList(options: { readonly json?: true }): number {
  const sessions = listSessions(requireInstallation());
  if (options.json === true)
    printJson(sessions.map(({ id, agent, session, workspace }) => ({ id, agent, session, workspace })));
  else if (sessions.length === 0) print("There is no session.");
  else
    for (const { id, agent, session, workspace } of sessions)
      print([id, agent, session, workspace].map(visible).join("  "));
  return OK;
}

/** Shows one session. */
export function sessionShow(name: string, options: { readonly json?: true }): number {
  const { id, agent, session, workspace, bytes } = showSession(requireInstallation(), name);
  const state = Buffer.from(bytes).toString("hex");
  if (options.json === true) printJson({ id, agent, session, workspace, state });
  else
    for (const [name, value] of Object.entries({ session, id, agent, workspace, state }))
      print(`${name.padEnd(11)}${visible(value)}`);
  return OK;
}

/** Forgets a session: only a human may. */
export async function sessionEnd(name: string): Promise<number> {
  const installation = requireInstallation();
  const { id } = showSession(installation, name);
  endSession(installation, id, await passphraseFor(installation));
  print(`Ended session ${id}.`);
  return OK;
}
