// The one error of the gate: something outside the policy keeps it from deciding or acting, so the action does not run.

export type GateErrorCode =
  | "missing"
  | "unreadable"
  | "unwritable"
  | "foreign-owner"
  | "loose-permissions"
  | "other-version"
  | "corrupt"
  | "locked"
  | "no-terminal"
  | "no-key"
  | "wrong-passphrase"
  | "unknown-id"
  | "limit"
  | "changed"
  | "malformed-settings";

/** Says what is wrong and what a human can do about it. */
export class GateError extends Error {
  readonly code: GateErrorCode;
  readonly what: string;
  readonly remedy: string;

  constructor(code: GateErrorCode, what: string, remedy: string) {
    super(`${what}; ${remedy}`);
    this.name = "GateError";
    this.code = code;
    this.what = what;
    this.remedy = remedy;
  }
}

/** The `code` of an error of the operating system, such as `ENOENT`, or null. */
export function systemCode(error: unknown): string | null {
  if (!(error instanceof Error) || !("code" in error)) return null;
  return typeof error.code === "string" ? error.code : null;
}
