// What a loop or a function may do to variables and directory before or whenever it runs, without running it.

import { disturbs, Disturbs, forgetImplied, pack } from "./builtins";
import { forgetDirectory } from "./directory";
import { hasOverflowed, setOverflow } from "./heap";
import { event, Kind } from "./shell/events";
import { state } from "./state";
import { unknown } from "./text";
import { assign, findFunction, forgetAll } from "./variables";
import { Origin } from "./value";
import { isNameByte } from "./assign";

/** Events that one decision looks at here: nested loops and repeated calls must not make the work quadratic. */
const EVENTS_LOOKED_AT_MAX: u32 = 1 << 20;

let lookedAt: u32 = 0;

export function resetDisturb(): void {
  lookedAt = 0;
}

/** Makes everything unknown that the events [from, to) may assign, and the directory when they may change it. */
export function disturb(from: u32, to: u32): void {
  lookedAt += to - from;
  if (lookedAt > EVENTS_LOOKED_AT_MAX) {
    setOverflow();
    return;
  }
  for (let i = from; i < to && !hasOverflowed(); i++) {
    const e = event(i);
    if (e.kind == Kind.Assign || e.kind == Kind.For) assign(e.a, e.b, unknown(Origin.None));
    else if (e.kind == Kind.Variable && e.aux >= 3 && e.aux <= 4) assign(e.a, e.b, unknown(Origin.None));
    else if (e.kind == Kind.Command) disturbByCommand(i);
  }
}

function disturbByCommand(index: u32): void {
  const end = event(index).end;
  let first = true;
  let names = false;
  for (let i = index + 1; i < end; i = event(i).end) {
    const word = event(i);
    if (word.kind != Kind.Word) continue;
    const literal = i + 1 < word.end && event(i + 1).kind == Kind.Text;
    if (first) {
      first = false;
      if (!literal || event(i + 1).end != word.end) {
        // A program that is not plain text may be any of the shell's own.
        forgetEverything();
        return;
      }
      const text = event(i + 1);
      const what = disturbs(text.a, text.b);
      if (what == Disturbs.Everything || findFunction(state().functions, text.a, text.b) != 0) {
        forgetEverything();
        return;
      }
      if (what == Disturbs.Parameters) {
        state().parameters = 0;
        return;
      }
      if (what == Disturbs.Directory) {
        forgetDirectory();
        return;
      }
      if (what == Disturbs.Nothing) return;
      forgetImplied(pack(text.a, text.b));
      names = true;
      continue;
    }
    if (names && literal) forgetPrefix(event(i + 1).a, event(i + 1).b);
    else if (names) forgetAll();
  }
}

function forgetEverything(): void {
  forgetAll();
  forgetDirectory();
  state().parameters = 0;
}

function forgetPrefix(pointer: u32, length: u32): void {
  let size: u32 = 0;
  while (size < length && isNameByte(load<u8>(pointer + size), size)) size++;
  if (size > 0) assign(pointer, size, unknown(Origin.None));
}
