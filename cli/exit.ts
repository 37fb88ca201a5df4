// Exit statuses: docs/cli.md is their reference.

import type { Verdict } from "../runtime/types.ts";

/** All went well; for `decide`: allowed. */
export const OK = 0;
/** The policy has problems, or a check found something. */
export const PROBLEMS = 1;
/** Wrong usage, or Pawl itself failed. */
export const USAGE = 2;

/** The exit status of a decision; 77 and 78 are what `exec` uses too. */
export const EXIT_OF_VERDICT: Readonly<Record<Verdict, number>> = { allow: OK, require_approval: 77, deny: 78 };

/** Ends a command with a message and an exit status; only `main.ts` catches it. */
export class CommandError extends Error {
  readonly exitCode: number;
  readonly help: string | null;

  constructor(message: string, options: { readonly exitCode?: number; readonly help?: string } = {}) {
    super(message);
    this.exitCode = options.exitCode ?? USAGE;
    this.help = options.help ?? null;
  }
}
