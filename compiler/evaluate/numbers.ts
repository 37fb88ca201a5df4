// Exact comparison of decimal numbers as text, of any length and with any exponent.

import type { Answer, Value } from "./values.ts";
import { answerOfTexts, certain, hasHole, MAYBE, NO } from "./values.ts";

export type Comparison = "<" | "<=" | ">" | ">=" | "=";

/** Text that is no number answers maybe when it has holes, else no. */
export function compareNumber(value: Value | null, operator: Comparison, number: string): Answer {
  const right = readDecimal(number);
  if (right === null) return NO;
  return answerOfTexts(value, (text) => {
    const left = readDecimal(text);
    if (left === null) return hasHole(text) ? MAYBE : NO;
    return certain(holds(orderOf(left, right), operator));
  });
}

function holds(order: number, operator: Comparison): boolean {
  switch (operator) {
    case "<":
      return order < 0;
    case "<=":
      return order <= 0;
    case ">":
      return 0 < order;
    case ">=":
      return 0 <= order;
    case "=":
      return order === 0;
  }
}

/** sign × 0.DIGITS × 10^magnitude, where the digits neither begin nor end with a zero. */
interface Decimal {
  readonly sign: -1 | 0 | 1;
  readonly digits: string;
  readonly magnitude: number;
}

/** An exponent beyond this is as good as infinite: no text is so long. */
const EXPONENT_MAX = 2 ** 40;

function readDecimal(text: string): Decimal | null {
  const parts = /^([+-]?)(\d*)(?:\.(\d*))?(?:[eE]([+-]?)(\d+))?$/.exec(text);
  if (parts === null) return null;
  const [, sign = "", whole = "", fraction = "", exponentSign = "", exponent = "0"] = parts;
  const all = whole + fraction;
  if (all === "") return null;
  const digits = all.replace(/^0+/, "").replace(/0+$/, "");
  if (digits === "") return { sign: 0, digits, magnitude: 0 };
  const leading = all.length - all.replace(/^0+/, "").length;
  const shift = Math.min(Number(exponent), EXPONENT_MAX) * (exponentSign === "-" ? -1 : 1);
  return { sign: sign === "-" ? -1 : 1, digits, magnitude: whole.length - leading + shift };
}

function orderOf(a: Decimal, b: Decimal): number {
  if (a.sign !== b.sign) return a.sign - b.sign;
  if (a.magnitude !== b.magnitude) return (a.magnitude - b.magnitude) * a.sign;
  const length = Math.max(a.digits.length, b.digits.length);
  const left = a.digits.padEnd(length, "0");
  const right = b.digits.padEnd(length, "0");
  return left === right ? 0 : left < right ? -a.sign : a.sign;
}
