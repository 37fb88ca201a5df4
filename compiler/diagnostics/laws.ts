// Diagnostics that keep the laws of the language (L4xx).

import type { Span } from "../source/source.ts";
import { error, type Diagnostic } from "./diagnostic.ts";

export function sessionNotDirect(span: Span, where: string): Diagnostic {
  return error(
    "L401",
    span,
    `the session cannot be read ${where}`,
    "read it directly in a `when` of a rule, so that a session that knows more never decides less",
  );
}

export function sessionDownward(span: Span, operator: string): Diagnostic {
  return error(
    "L402",
    span,
    `the session cannot be compared with \`${operator}\``,
    "compare it with `>=`, so that a session that knows more never decides less",
  );
}

export function allowsIrreversible(span: Span): Diagnostic {
  return error(
    "L403",
    span,
    "an irreversible action would be allowed without a human",
    "write `irreversible require approval` or `irreversible deny`",
  );
}

export function gateFalls(span: Span, tier: string, verdict: string, lower: Span): Diagnostic {
  return error(
    "L404",
    span,
    `\`${tier}\` is ${verdict}, which is laxer than a lower tier`,
    "a gate can only rise from tier to tier",
    [{ span: lower, message: "the lower tier is here" }],
  );
}

export function overlayCannot(span: Span, what: string): Diagnostic {
  return error(
    "L405",
    span,
    `an overlay cannot have \`${what}\``,
    "an overlay adds rules, gates, `let`s and tests; what else a policy knows could lower a tier",
  );
}

export function gateLoosens(span: Span, what: string): Diagnostic {
  return error(
    "L406",
    span,
    `\`${what}\` would be laxer than \`irreversible\``,
    "an action that cannot be read is irreversible; a gate can only tighten that",
  );
}

export function approvalTooLong(span: Span, secondsMax: number): Diagnostic {
  return error("L407", span, `an approval holds between one second and ${secondsMax / 3600} hours`);
}
