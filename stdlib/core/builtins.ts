// The shell's own commands: what changes variables, the directory and the arguments (docs/meaning.md, section 2).
// Names are compared packed into 64 bits, first byte lowest; `readarray` is the only longer one.

import { assignFromWord, assignmentLength, exportVariable, isNameByte, nameOf } from "./assign";
import { changeDirectory, forgetDirectory } from "./directory";
import { emitAny, Why } from "./effects";
import { hidesCode } from "./expand";
import { finish, itemAt, listCount, newBuilder, push, slice } from "./lists";
import { state } from "./state";
import { hasHole, unknown } from "./text";
import { assign, forgetAll, lookup, removeFunctions } from "./variables";
import { Item, Origin, SPLAT, Text, UNSURE, Value } from "./value";

const CD: u64 = 0x6463;
const PUSHD: u64 = 0x6468737570;
const POPD: u64 = 0x64706f70;
const EXPORT: u64 = 0x74726f707865;
const DECLARE: u64 = 0x6572616c636564;
const TYPESET: u64 = 0x74657365707974;
const LOCAL: u64 = 0x6c61636f6c;
const READONLY: u64 = 0x796c6e6f64616572;
const UNSET: u64 = 0x7465736e75;
const READ: u64 = 0x64616572;
const MAPFILE: u64 = 0x656c696670616d;
const READARRAY: u64 = 0x6172726164616572;
const GETOPTS: u64 = 0x7374706f746567;
const LET: u64 = 0x74656c;
const SET: u64 = 0x746573;
const SHIFT: u64 = 0x7466696873;
const SHOPT: u64 = 0x74706f6873;
const TRUE: u64 = 0x65757274;
const FALSE: u64 = 0x65736c6166;
const COLON: u64 = 0x3a;
const TEST: u64 = 0x74736574;
const BRACKET: u64 = 0x5b;
const WAIT: u64 = 0x74696177;
const EXIT: u64 = 0x74697865;
const RETURN: u64 = 0x6e7275746572;
const BREAK: u64 = 0x6b61657262;
const CONTINUE: u64 = 0x65756e69746e6f63;
const PRINTF: u64 = 0x66746e697270;
const EVAL: u64 = 0x6c617665;
const SOURCE: u64 = 0x656372756f73;
const DOT: u64 = 0x2e;

const HOME: u32 = <u32>memory.data<u8>([0x48, 0x4f, 0x4d, 0x45]);
const DASH: u8 = 0x2d;

/** The first eight bytes of a name. */
export function pack(pointer: u32, length: u32): u64 {
  let value: u64 = 0;
  for (let i: u32 = 0; i < length && i < 8; i++) value |= (<u64>load<u8>(pointer + i)) << (i << 3);
  return value;
}

/** Runs a built-in command; false when the name is none. */
export function runBuiltin(name: u32, length: u32, items: u32): bool {
  if (!runNamed(name, length, items)) return false;
  lookForCode(items);
  return true;
}

function runNamed(name: u32, length: u32, items: u32): bool {
  if (length > 9) return false;
  const packed = pack(name, length);

  if (length == 9) {
    if (packed != READARRAY || load<u8>(name + 8) != 0x79) return false;
    forgetImplied(packed);
    forgetNames(items);
    return true;
  }
  switch (packed) {
    case CD:
    case PUSHD:
      goTo(items, packed == CD);
      return true;
    case POPD:
      forgetDirectory();
      return true;
    case EXPORT:
      declareNames(items, true);
      return true;
    case DECLARE:
    case TYPESET:
    case LOCAL:
    case READONLY:
      declareNames(items, false);
      return true;
    case UNSET:
      unsetNames(items);
      return true;
    case READ:
    case MAPFILE:
    case GETOPTS:
    case LET:
      forgetImplied(packed);
      forgetNames(items);
      return true;
    case SET:
      setParameters(items);
      return true;
    case SHIFT:
      state().parameters = 0;
      return true;
    case PRINTF:
      return printfToVariable(items);
    case SHOPT:
    case TRUE:
    case FALSE:
    case COLON:
    case TEST:
    case BRACKET:
    case WAIT:
    case EXIT:
    case RETURN:
    case BREAK:
    case CONTINUE:
      return true;
    default:
      return false;
  }
}

/** Subscripts and declarations that stand in an argument as text run the substitutions in them (`unset 'a[$(x)]'`). */
function lookForCode(items: u32): void {
  for (let i: u32 = 1; i < listCount(items); i++) if (hidesCode(itemAt(items, i).value)) emitAny(Why.Code);
}

/** What a name does to variables and directory when it runs in a loop or a function that is only looked at. */
export const enum Disturbs { Nothing, Names, Directory, Parameters, Everything }

export function disturbs(name: u32, length: u32): Disturbs {
  const packed = pack(name, length);
  if (length == 9) return packed == READARRAY ? Disturbs.Names : Disturbs.Nothing;
  if (length > 8) return Disturbs.Nothing;
  switch (packed) {
    case CD:
    case PUSHD:
    case POPD:
      return Disturbs.Directory;
    case EXPORT:
    case DECLARE:
    case TYPESET:
    case LOCAL:
    case READONLY:
    case UNSET:
    case READ:
    case MAPFILE:
    case GETOPTS:
    case LET:
    case PRINTF:
      return Disturbs.Names;
    case SET:
    case SHIFT:
      return Disturbs.Parameters;
    case EVAL:
    case SOURCE:
    case DOT:
      return Disturbs.Everything;
    default:
      return Disturbs.Nothing;
  }
}

function textOf(item: Item): Text | null {
  const value = changetype<Value>(item.value);
  if (value.count != 1 || (item.flags & (SPLAT | UNSURE)) != 0) return null;
  return changetype<Text>(value.texts);
}

function isOption(text: Text): bool {
  return text.length > 1 && load<u8>(text.pointer) == DASH;
}

/** `cd` and `pushd`. */
function goTo(items: u32, home: bool): void {
  let at: u32 = 1;
  for (; at < listCount(items); at++) {
    const text = textOf(itemAt(items, at));
    if (text === null || !isOption(text) || hasHole(text.pointer, text.length)) break;
    if (text.length == 2 && load<u8>(text.pointer + 1) == DASH) {
      at++;
      break;
    }
  }
  if (at >= listCount(items)) {
    if (home) changeDirectory(lookup(HOME, 4), true);
    else forgetDirectory();
    return;
  }
  const item = itemAt(items, at);
  const text = textOf(item);
  if (at + 1 != listCount(items) || text === null || text.length == 0 || load<u8>(text.pointer) == 0x2b || (text.length == 1 && load<u8>(text.pointer) == DASH)) {
    forgetDirectory();
    return;
  }
  changeDirectory(item.value, true);
}

/** `export`, `declare` and their like. */
function declareNames(items: u32, exports: bool): void {
  let exported = exports;
  let changed = false;
  for (let i: u32 = 1; i < listCount(items); i++) {
    const item = itemAt(items, i);
    const text = textOf(item);
    if (text === null) {
      forgetAll();
      continue;
    }
    if (isOption(text) && !hasHole(text.pointer, text.length)) {
      for (let j: u32 = 1; j < text.length; j++) {
        const letter = load<u8>(text.pointer + j);
        if (letter == 0x78) exported = true; // -x
        else if (letter == 0x6e && !exports) state().references = 1; // -n: a reference
        else if (letter == 0x6c || letter == 0x75 || letter == 0x69 || letter == 0x61 || letter == 0x41) changed = true; // -l -u -i -a -A
      }
      continue;
    }
    declareName(item, exported, changed);
  }
}

function declareName(item: Item, exported: bool, changed: bool): void {
  if (assignmentLength(item) != 0) {
    if (changed) forgetName(item);
    else assignFromWord(item, exported);
    return;
  }
  const name = nameOf(item);
  if (name === null) forgetAll();
  else if (changed) assign(name.pointer, name.length, unknown(Origin.None));
  else if (exported) exportVariable(name.pointer, name.length);
}

function unsetNames(items: u32): void {
  let functionsOnly = false;
  for (let i: u32 = 1; i < listCount(items); i++) {
    const item = itemAt(items, i);
    const text = textOf(item);
    if (text !== null && isOption(text)) {
      for (let j: u32 = 1; j < text.length; j++) if (load<u8>(text.pointer + j) == 0x66) functionsOnly = true; // -f
      continue;
    }
    const name = nameOf(item);
    if (name === null) {
      removeFunctions(0, 0);
      if (!functionsOnly) forgetAll();
      continue;
    }
    removeFunctions(name.pointer, name.length);
    if (!functionsOnly) assign(name.pointer, name.length, 0);
  }
}

/** REPLY MAPFILE OPTARG OPTIND */
const IMPLIED: u32 = <u32>memory.data<u8>([
  0x52, 0x45, 0x50, 0x4c, 0x59, 0x4d, 0x41, 0x50, 0x46, 0x49, 0x4c, 0x45, 0x4f, 0x50, 0x54, 0x41, 0x52, 0x47, 0x4f, 0x50, 0x54, 0x49, 0x4e, 0x44,
]);

/** The names that `read`, `mapfile`, `readarray` and `getopts` assign without being told become unknown. */
export function forgetImplied(packed: u64): void {
  if (packed == READ) assign(IMPLIED, 5, unknown(Origin.None));
  else if (packed == MAPFILE || packed == READARRAY) assign(IMPLIED + 5, 7, unknown(Origin.None));
  else if (packed == GETOPTS) {
    assign(IMPLIED + 12, 6, unknown(Origin.None));
    assign(IMPLIED + 18, 6, unknown(Origin.None));
  }
}

/** Every argument that begins like a name becomes unknown: `read`, `let`, `getopts`. */
function forgetNames(items: u32): void {
  for (let i: u32 = 1; i < listCount(items); i++) forgetName(itemAt(items, i));
}

/** The name that an argument begins with becomes unknown; an argument that is open may name any. */
export function forgetName(item: Item): void {
  const text = textOf(item);
  if (text === null || (text.length > 0 && load<u8>(text.pointer) >= 0xfd)) {
    forgetAll();
    return;
  }
  let length: u32 = 0;
  while (length < text.length && isNameByte(load<u8>(text.pointer + length), length)) length++;
  if (length > 0) assign(text.pointer, length, unknown(Origin.None));
}

/** `set -- a b` gives the script its arguments; options alone change nothing here. */
function setParameters(items: u32): void {
  for (let i: u32 = 1; i < listCount(items); i++) {
    const text = textOf(itemAt(items, i));
    if (text === null) {
      state().parameters = 0;
      return;
    }
    const first: u8 = text.length == 0 ? 0 : load<u8>(text.pointer);
    const ends = text.length == 2 && first == DASH && load<u8>(text.pointer + 1) == DASH;
    if (!ends && (first == DASH || first == 0x2b)) {
      // `-o` takes the next word.
      if (load<u8>(text.pointer + text.length - 1) == 0x6f) i++;
      continue;
    }
    const builder = newBuilder();
    push(builder, itemAt(items, 0).value, 0, 0, 0);
    const rest = slice(items, ends ? i + 1 : i, listCount(items));
    for (let j: u32 = 0; j < listCount(rest); j++) push(builder, itemAt(rest, j).value, itemAt(rest, j).flags, 0, 0);
    state().parameters = finish(builder);
    return;
  }
}

/** `printf -v NAME …`; a plain `printf` is the standard library's. */
function printfToVariable(items: u32): bool {
  if (listCount(items) < 3) return false;
  const text = textOf(itemAt(items, 1));
  if (text === null || text.length < 2 || load<u8>(text.pointer) != DASH || load<u8>(text.pointer + 1) != 0x76) return false;
  if (text.length > 2) forgetAll();
  else forgetName(itemAt(items, 2));
  return true;
}
