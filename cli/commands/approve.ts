// `pawl approve ID`: a human at the terminal lets one action through, once.

import { approve as sign, findPending } from "../../gate/approvals.ts";
import type { Installation } from "../../gate/installation.ts";
import { createKey, hasKey, passphraseLengthMin } from "../../gate/signing-key.ts";
import { describePending } from "../../gate/stop-message.ts";
import { readPassphrase } from "../../gate/terminal.ts";
import { CommandError, OK } from "../exit.ts";
import { requireInstallation } from "../gate-access.ts";
import { print } from "../terminal.ts";

/** Shows the action, asks for the passphrase, signs. */
export async function approve(id: string): Promise<number> {
  const installation = requireInstallation();
  const pending = findPending(installation, id);
  print(describePending(pending));
  const passphrase = await passphraseFor(installation);
  const approval = sign(installation, pending, passphrase);
  print(`Approved ${pending.id}: it may run once, until ${new Date(approval.expires).toISOString()}.`);
  return OK;
}

/** The passphrase of the approval key; on first use it is chosen and the key made. */
export async function passphraseFor(installation: Installation): Promise<string> {
  if (hasKey(installation)) return readPassphrase("Passphrase: ");
  const passphrase = await readPassphrase(
    `Choose a passphrase for approvals (at least ${passphraseLengthMin} characters): `,
  );
  const again = await readPassphrase("Again: ");
  if (passphrase !== again) throw new CommandError("the two passphrases differ; nothing was approved");
  createKey(installation, passphrase);
  return passphrase;
}
