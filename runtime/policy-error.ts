/** Why a module was refused or a decision could not be made. */
export type PolicyErrorReason =
  /** The bytes are no valid WebAssembly module. */
  | "not-wasm"
  /** A module, but no compiled policy. */
  | "not-a-policy"
  /** It wants something from outside; a policy decides by itself. */
  | "imports"
  /** Its interface has another version. */
  | "abi"
  /** It says things about itself that this runtime does not know, or that are not true. */
  | "sections"
  /** An export of the interface is missing. */
  | "exports"
  /** There is no decision to report on. */
  | "no-report"
  /** The module broke down while deciding; nothing was decided. */
  | "trap";

export class PolicyError extends Error {
  override readonly name = "PolicyError";
  readonly reason: PolicyErrorReason;

  constructor(reason: PolicyErrorReason, message: string, options?: ErrorOptions) {
    super(message, options);
    this.reason = reason;
  }
}
