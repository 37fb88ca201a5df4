// Loads compiled policies and decides actions with them, in any JavaScript host: no dependency, no host API but WebAssembly,
// TextEncoder and TextDecoder.

export { load } from "./policy.ts";
export type { DecideOptions, Policy } from "./policy.ts";
export { PolicyError } from "./policy-error.ts";
export type { PolicyErrorReason } from "./policy-error.ts";
export { Session } from "./session.ts";
export type {
  Action,
  Decision,
  Evidence,
  EvidenceKind,
  PolicyInfo,
  Report,
  ReportedEffect,
  ReportedRule,
  Tier,
  Verdict,
} from "./types.ts";
