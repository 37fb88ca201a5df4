import { expect, test } from "vitest";
import { debugCore } from "./debug-build.ts";

/** The bits of stdlib/core/characters.ts by what they say. */
const CLASSES: readonly [number, (character: string) => boolean][] = [
  [1, (character) => " \t\n;&|<>()'\"`\\$*?[{~".includes(character)],
  [2, (character) => ",./]}".includes(character)],
  [4, (character) => " \t\n;&|<>()".includes(character)],
  [8, (character) => /[A-Za-z0-9_]/.test(character)],
  [16, (character) => /[0-9]/.test(character)],
];

test("each byte has the classes of its description", () => {
  const core = debugCore();
  for (let byte = 0; byte < 256; byte++) {
    const character = String.fromCharCode(byte);
    const expected = byte < 128 ? CLASSES.reduce((bits, [bit, holds]) => bits | (holds(character) ? bit : 0), 0) : 0;
    expect([byte, core.debug_class(byte)]).toEqual([byte, expected]);
  }
});
