// Values against text patterns, through the automata that the compiled module runs as well.

import { compileDfa } from "../automata/compile-dfa.ts";
import type { Dfa } from "../automata/dfa.ts";
import { matchText } from "../automata/match-dfa.ts";
import type { Patterns } from "../ir/ir.ts";
import type { Answer, Value } from "./values.ts";
import { answerOfTexts } from "./values.ts";

/** Yes when all texts of the value match, no when none does, else maybe. */
export function matchValue(value: Value | null, patterns: Patterns): Answer {
  const dfa = automatonOf(patterns);
  return answerOfTexts(value, (text) => matchText(dfa, text));
}

const automata = new WeakMap<Patterns, Dfa>();

function automatonOf(patterns: Patterns): Dfa {
  const made = automata.get(patterns) ?? compileDfa(patterns);
  automata.set(patterns, made);
  return made;
}
