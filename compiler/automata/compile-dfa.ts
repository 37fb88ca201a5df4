// Patterns of a policy → one minimal automaton that accepts a text when one of them matches it, whole.
//
// Texts are UTF-8 bytes: `?`, `.` and sets take whole characters of valid text, `*` and `**` any bytes.

import type { Pattern, Patterns } from "../ir/ir.ts";
import { determinise } from "./determinise.ts";
import type { Dfa } from "./dfa.ts";
import { minimise } from "./minimise.ts";
import { buildNfa } from "./nfa.ts";
import { parseGlob } from "./parse-glob.ts";
import { parseRegex } from "./parse-regex.ts";
import type { PatternNode } from "./pattern-node.ts";
import { ANY_BYTES, complementRanges, foldAscii, textNode, utf8Bytes } from "./pattern-node.ts";

/**
 * The automaton of "one of these matches". The same patterns give the same bytes on every host.
 * Throws `PatternTooLarge` when it would pass a limit; a regular expression must be one that `parseRegex` accepts.
 */
export function compileDfa(patterns: Patterns): Dfa {
  return minimise(determinise(buildNfa({ kind: "choice", choices: patterns.map(patternNode) })));
}

function patternNode(pattern: Pattern): PatternNode {
  switch (pattern.kind) {
    case "literal":
      return textNode(pattern.text);
    case "glob":
      return parseGlob(pattern.text);
    case "regex": {
      const { value, error } = parseRegex(pattern.source, pattern.ignoreCase);
      // The checker has reported such an expression to the policy's author before anything is compiled.
      if (error !== null) throw new Error(`unchecked regular expression: ${error.message}`);
      return value;
    }
    case "contains":
      return { kind: "sequence", parts: [ANY_BYTES, textNode(pattern.text), ANY_BYTES] };
    case "domain":
      return domainNode(pattern.text);
  }
}

/** The domain or a name below it, in any case of ASCII letters, with or without the dot of the root. */
function domainNode(domain: string): PatternNode {
  const parts = [...utf8Bytes(domain.replace(/^\.|\.$/g, ""))].map((byte): PatternNode => {
    const code = byte.charCodeAt(0);
    return { kind: "byte", bytes: foldAscii([[code, code]]) };
  });
  const label: PatternNode = { kind: "byte", bytes: complementRanges([[0x2f, 0x2f]], 255) };
  const below: PatternNode = {
    kind: "sequence",
    parts: [{ kind: "repeat", part: label, least: 1, most: null }, textNode(".")],
  };
  return {
    kind: "sequence",
    parts: [
      { kind: "repeat", part: below, least: 0, most: 1 },
      ...parts,
      { kind: "repeat", part: textNode("."), least: 0, most: 1 },
    ],
  };
}
