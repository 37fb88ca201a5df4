// The examples beside the grammar's rules: `//+` lines are accepted by the rule after them, `//-` lines rejected.

import { describe, expect, test } from "vitest";
import { matchGrammar } from "../../compiler/syntax/cst.ts";
import { pawlGrammar } from "../../compiler/syntax/pawl-grammar.ts";

interface Example {
  readonly rule: string;
  readonly accepted: boolean;
  readonly text: string;
}

const examples = readExamples(pawlGrammar);

test("the grammar has examples of both kinds", () => {
  expect(examples.filter((example) => example.accepted).length).toBeGreaterThan(80);
  expect(examples.filter((example) => !example.accepted).length).toBeGreaterThan(40);
});

describe.each([...new Set(examples.map((example) => example.rule))])("%s", (rule) => {
  const own = examples.filter((example) => example.rule === rule);
  test.each(own.map(({ accepted, text }) => [accepted ? "accepts" : "rejects", text] as const))(
    "%s %j",
    (verb, text) => {
      expect("cst" in matchGrammar(text, rule)).toBe(verb === "accepts");
    },
  );
});

function readExamples(grammar: string): readonly Example[] {
  const found: Example[] = [];
  let waiting: Omit<Example, "rule">[] = [];
  for (const line of grammar.split("\n")) {
    const example = /^\s*\/\/([+-]) (.*)$/.exec(line);
    const rule = /^\s*([A-Za-z]\w*)(?:\s*\(.*?\))?\s*\+?=/.exec(line)?.[1];
    if (example !== null) {
      const texts = JSON.parse(`[${example[2] ?? ""}]`) as readonly string[];
      waiting.push(...texts.map((text) => ({ accepted: example[1] === "+", text })));
    } else if (rule !== undefined) {
      found.push(...waiting.map((one) => ({ ...one, rule })));
      waiting = [];
    }
  }
  expect(waiting, "examples without a rule").toEqual([]);
  return found;
}
