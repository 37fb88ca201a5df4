// `pawl ledger …`: the record of every decision and approval.

import { ledgerHead as headOf, repairLedger } from "../../gate/ledger.ts";
import { verifyLedger } from "../../gate/verify-ledger.ts";
import { OK, PROBLEMS } from "../exit.ts";
import { requireInstallation } from "../gate-access.ts";
import { print, printJson, warn } from "../terminal.ts";

/** Checks the chain; exit 1 when something is wrong with it. */
export function ledgerVerify(options: { readonly head?: string; readonly json?: true }): number {
  const report = verifyLedger(requireInstallation(), options.head);
  if (options.json === true) printJson(report);
  else if (report.ok) print(`The ledger verifies: ${report.entries} entries.`);
  else for (const { what } of report.problems) warn(what);
  return report.ok ? OK : PROBLEMS;
}

/** Sets a torn last line aside. */
export function ledgerRepair(): number {
  const { setAside } = repairLedger(requireInstallation());
  print(setAside === 0 ? "Nothing to repair." : `Set ${setAside} bytes of a torn line aside.`);
  return OK;
}

/** Prints the head, one line. */
export function ledgerHead(): number {
  print(headOf(requireInstallation()));
  return OK;
}
