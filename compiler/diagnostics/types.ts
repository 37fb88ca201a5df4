// Diagnostics about types and the shape of declarations (T3xx).

import type { Span } from "../source/source.ts";
import { error, type Diagnostic } from "./diagnostic.ts";
import { didYouMean } from "./near.ts";

export function wrongOperand(span: Span, operator: string, type: string, allowed: string): Diagnostic {
  return error("T301", span, `\`${operator}\` does not apply to a ${type}`, `it applies to ${allowed}`);
}

export function unknownField(span: Span, field: string, owner: string, fields: Iterable<string>): Diagnostic {
  return error("T302", span, `effect \`${owner}\` has no field \`${field}\``, didYouMean(field, fields));
}

export function notBool(span: Span, type: string): Diagnostic {
  return error(
    "T303",
    span,
    `a condition is needed here, and this is a ${type}`,
    'compare it, such as `is "…"` or `like "…"`',
  );
}

export function wrongValue(span: Span, found: string, wanted: string): Diagnostic {
  const help = wanted.includes("list") ? 'a list is written `["a", "b"]`' : null;
  return error("T304", span, `${wanted} is needed here, and this is ${found}`, help);
}

export function needsEach(span: Span, name: string): Diagnostic {
  return error(
    "T305",
    span,
    `\`${name}\` is a list, and the field holds one value`,
    `write \`each ${name}\` for one effect per element`,
  );
}

export function needsList(span: Span, word: string): Diagnostic {
  return error("T306", span, `\`${word}\` needs a list`);
}

export function fieldsDiffer(span: Span, effect: string, earlier: Span): Diagnostic {
  return error(
    "T307",
    span,
    `effect \`${effect}\` is declared twice with other fields`,
    "a second declaration repeats the fields or leaves them out",
    [{ span: earlier, message: "first declared here" }],
  );
}

export function incompleteRule(span: Span, rule: string, missing: "on" | "consequence"): Diagnostic {
  if (missing === "on")
    return error(
      "T308",
      span,
      `rule \`${rule}\` has no \`on\``,
      "name the effects that it decides, such as `on file.delete`",
    );
  return error("T308", span, `rule \`${rule}\` does nothing`, "give it `raise TIER`, `deny` or `mark NAME`");
}

export function unboundHole(span: Span, hole: string, pattern: Span): Diagnostic {
  return error(
    "T309",
    span,
    `\`${hole}\` is not bound by every pattern of the line`,
    "every alternative must bind the names that the clauses use",
    [{ span: pattern, message: "this one does not bind it" }],
  );
}

export function badParameter(span: Span, name: string, type: string, value: string): Diagnostic {
  return error("T310", span, `\`${value}\` is no ${type}, which \`param ${name}\` is`);
}

export function needsLanguage(span: Span): Diagnostic {
  return error(
    "T311",
    span,
    "the language of what runs is not known",
    "say it, such as `as shell`, or give the hole a type, such as `<script: shell>`",
  );
}

export function badPattern(span: Span, message: string, help: string | null = null): Diagnostic {
  return error("T312", span, message, help);
}

export function homePath(span: Span): Diagnostic {
  return error(
    "T313",
    span,
    "`~` is not expanded in a policy",
    'write `under env.HOME`, or match the end of the path, such as `like "**/.ssh/**"`',
  );
}

export function relativePath(span: Span, text: string): Diagnostic {
  return error(
    "T314",
    span,
    `\`${text}\` is relative, and paths of effects are absolute`,
    `write an absolute path, or \`like "**/${text.replace(/^\.?\//, "")}/**"\``,
  );
}

export function badGlob(span: Span, text: string, problem: string): Diagnostic {
  return error("T315", span, `\`${text}\` is no pattern: ${problem}`);
}

export function badRegex(span: Span, problem: string): Diagnostic {
  return error("T316", span, `this regular expression cannot be used: ${problem}`);
}

export function badNetwork(span: Span, text: string): Diagnostic {
  return error("T317", span, `\`${text}\` is no network`, "a network is written `10.0.0.0/8` or `fd00::/8`");
}

export function nestedForEach(span: Span): Diagnostic {
  return error("T318", span, "`for each` cannot stand in another `for each`");
}

export function repeatedLine(span: Span, what: string, earlier: Span): Diagnostic {
  return error("T319", span, `a second \`${what}\``, null, [{ span: earlier, message: "the first is here" }]);
}

export function twoEach(span: Span): Diagnostic {
  return error("T320", span, "a clause can have one `each`");
}

export function circularLet(span: Span, name: string): Diagnostic {
  return error("T321", span, `\`${name}\` is defined by itself`);
}

export function notHere(span: Span, what: string, where: string): Diagnostic {
  return error("T322", span, `${what} cannot stand in ${where}`);
}

export function badReason(span: Span, hole: string): Diagnostic {
  return error("T323", span, `\`{${hole}}\` is no value`, "a brace that is meant as text is written twice, `{{`");
}

export function tooManyPatterns(span: Span, count: number, patternsMax: number): Diagnostic {
  return error(
    "T324",
    span,
    `the alternatives make ${count} patterns, and a line can have ${patternsMax}`,
    "write several lines",
  );
}

export function spellingTwice(span: Span, spelling: string, earlier: Span): Diagnostic {
  return error("T325", span, `\`${spelling}\` is declared twice`, null, [
    { span: earlier, message: "first declared here" },
  ]);
}

export function fieldTypesDiffer(span: Span, field: string, effects: readonly string[]): Diagnostic {
  return error(
    "T326",
    span,
    `field \`${field}\` has different types in ${effects.map((effect) => `\`${effect}\``).join(" and ")}`,
    "write one rule for each",
  );
}

/** A pattern on a path that no absolute path can match. */
export function neverMatches(span: Span, text: string): Diagnostic {
  return {
    ...error(
      "T327",
      span,
      `\`${text}\` never matches: paths of effects are absolute`,
      `write \`**/${text.replace(/^\.?\//, "")}\``,
    ),
    severity: "warning",
  };
}
