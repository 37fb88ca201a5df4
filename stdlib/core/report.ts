// Writes the report of the last decision as JSON (the type is `Report` in runtime/types.ts).
//
// Whatever the action holds, the text is valid UTF-8 and valid JSON: holes become `…`, the mark of another
// host `host:`, bytes that are no UTF-8 `\xNN`, control characters JSON escapes.

import { commandText } from "./action";
import { ANY_EFFECT, effectAt, effectCount, needCount, needKind, needPath, Why, whyAny } from "./effects";
import { heapTop, release } from "./heap";
import { REPORT } from "./layout";
import { reason, strings } from "./policy";
import { Firing, firingAt, firingCount, firingsStart, lostFirings } from "./rules";
import { EffectNames, FieldForm, FieldNames, NO_TIER, RuleRecord, Strings } from "./strings";
import { BELOW, Effect, Item, List, MAYBE, NO, REMOTE, Text, Value, YES } from "./value";

/** Longest text that is printed whole; a longer one ends in `…`. */
const PRINTED_MAX: u32 = 4096;
/** Longest reason; the text that passes it is still printed to its end. */
const REASON_BYTES: u32 = 32 << 10;
/** Room for one need and the end: a text of PRINTED_MAX control characters, and a little. */
const NEED_BYTES: u32 = 32 << 10;
/** Room that is kept after the rules: one rule that began just before it, then needs and the end. */
const TAIL_BYTES: u32 = 128 << 10;
/** Room that is kept for the rules while effects are written. */
const RULES_BYTES: u32 = 256 << 10;

let at: u32 = 0;
let limit: u32 = 0;
let cut: bool = false;

/** What the decision's word says, for the report's head. */
@unmanaged
export class Outcome {
  tier: u32;
  verdict: u32;
  malformed: u32;
  oversized: u32;
  limited: u32;
  before: u32;
  after: u32;
  approvalSeconds: u32;
}

/** Writes the report and gives its length; `decided` when there are effects and rules. */
export function writeReport(outcome: Outcome, decided: bool): u32 {
  at = REPORT;
  cut = decided && lostFirings();
  limit = firingsStart();
  put('{"tier":');
  putTier(outcome.tier);
  put(',"verdict":');
  put(outcome.verdict == 0 ? '"allow"' : outcome.verdict == 1 ? '"require_approval"' : '"deny"');
  putFlag(',"malformed":', outcome.malformed);
  putFlag(',"oversized":', outcome.oversized);
  putFlag(',"limited":', outcome.limited);
  put(',"session":{"before":');
  putTier(outcome.before);
  put(',"after":');
  putTier(outcome.after);
  put('},"effects":[');
  const effects = decided ? putEffects() : 0;
  put('],"rules":[');
  if (decided) putRules(effects);
  put('],"needs":[');
  if (decided) putNeeds();
  put('],"approvalSeconds":');
  putNumber(outcome.approvalSeconds);
  putFlag(',"cut":', cut ? 1 : 0);
  put("}");
  return at - REPORT;
}

/** Whether what was written since `start` fits before `stop`; if not, it is taken back and the report is cut. */
function keep(start: u32, stop: u32): bool {
  if (at <= stop) return true;
  at = start;
  cut = true;
  return false;
}

/** Writes the effects that fit and gives their number. */
function putEffects(): u32 {
  const count = effectCount();
  const stop = limit - RULES_BYTES - TAIL_BYTES;
  for (let index: u32 = 0; index < count; index++) {
    const start = at;
    if (index > 0) putByte(0x2c);
    putEffect(changetype<Effect>(effectAt(index)), stop);
    if (!keep(start, stop)) return index;
  }
  return count;
}

/** Why nobody knows what the action does. */
function putWhy(): void {
  put('"why":[');
  const why = whyAny();
  if (why == Why.Syntax) put('"a shell would reject the text, or Pawl cannot read it"');
  else if (why == Why.Program) put('"which program runs is not known"');
  else if (why == Why.Code) put('"the code that runs is not known"');
  else if (why == Why.Depth) put('"commands run commands more levels deep than Pawl follows"');
  else put('"there is more of it than Pawl looks at"');
  put("]");
}

function putEffect(effect: Effect, stop: u32): void {
  const any = effect.kind == ANY_EFFECT;
  const names = changetype<EffectNames>(changetype<Strings>(strings()).effects + effect.kind * offsetof<EffectNames>());
  put('{"effect":');
  if (any) put('"*"');
  else putText(names.name, names.nameLength);
  putFlag(',"certain":', effect.certainty == YES ? 1 : 0);
  put(',"tier":');
  putTier(effect.tier);
  put(',"fields":{');
  if (any) putWhy();
  if (!any) {
    for (let i: u32 = 0; i < names.fieldCount && at <= stop; i++) {
      const field = changetype<FieldNames>(names.fields + i * offsetof<FieldNames>());
      if (i > 0) putByte(0x2c);
      putText(field.name, field.nameLength);
      putByte(0x3a);
      putField(load<u32>(changetype<u32>(effect) + offsetof<Effect>("fields") + (i << 2)), field.form, stop);
    }
  }
  put('},"span":');
  putSpan(effect.start, effect.end);
  putByte(0x7d);
}

/** Where the effect stands in the decoded command, as offsets; null when it was found in a text of another place. */
function putSpan(start: u32, end: u32): void {
  const text = commandText();
  if (text === null || start < text.pointer || end > text.pointer + text.length || end <= start) {
    put("null");
    return;
  }
  putByte(0x5b);
  putNumber(start - text.pointer);
  putByte(0x2c);
  putNumber(end - text.pointer);
  putByte(0x5d);
}

function putField(field: u32, form: u32, stop: u32): void {
  if (form == FieldForm.Answer) put(field == NO ? '"no"' : field == MAYBE ? '"maybe"' : '"yes"');
  else if (field == 0) put("null");
  else if (form == FieldForm.Value) {
    if (changetype<Value>(field).count == 0) {
      put("null");
      return;
    }
    putByte(0x5b);
    putTexts(changetype<Value>(field), true, stop);
    putByte(0x5d);
  } else {
    const list = changetype<List>(field);
    putByte(0x5b);
    for (let i: u32 = 0; i < list.count && at <= stop; i++) {
      const value = changetype<Item>(list.items + i * offsetof<Item>()).value;
      if (value != 0) putTexts(changetype<Value>(value), i == 0, stop);
    }
    putByte(0x5d);
  }
}

function putTexts(value: Value, first: bool, stop: u32): void {
  for (let i: u32 = 0; i < value.count && at <= stop; i++) {
    const text = changetype<Text>(value.texts + i * offsetof<Text>());
    if (i > 0 || !first) putByte(0x2c);
    putText(text.pointer, text.length);
  }
}

function putRules(effects: u32): void {
  const count = firingCount();
  const stop = limit - TAIL_BYTES;
  let first = true;
  for (let index: u32 = 0; index < count; index++) {
    const firing = firingAt(index);
    if (firing.index >= effects) continue;
    const start = at;
    if (!first) putByte(0x2c);
    putRule(firing);
    if (!keep(start, stop)) return;
    first = false;
  }
}

function putRule(firing: Firing): void {
  const rule = changetype<RuleRecord>(changetype<Strings>(strings()).rules + firing.rule * offsetof<RuleRecord>());
  put('{"rule":');
  putText(rule.name, rule.nameLength);
  putFlag(',"certain":', firing.answer == YES ? 1 : 0);
  put(',"effect":');
  putNumber(firing.index);
  put(',"raise":');
  if (rule.raise == NO_TIER) put("null");
  else putTier(rule.raise);
  putFlag(',"deny":', rule.deny);
  put(',"reason":"');
  // Bounded, so that one rule never needs more than TAIL_BYTES.
  reasonEnd = at + REASON_BYTES;
  const mark = heapTop();
  const needs = needCount();
  reason(firing.rule, firing.effect);
  if (needCount() == needs) release(mark);
  put('","instead":');
  if (rule.instead == 0) put("null");
  else putText(rule.instead, rule.insteadLength);
  putByte(0x7d);
}

function putNeeds(): void {
  const count = needCount();
  const stop = limit - NEED_BYTES;
  for (let index: u32 = 0; index < count; index++) {
    const start = at;
    const kind = needKind(index);
    put(index > 0 ? ',{"kind":' : '{"kind":');
    put(kind == 0 ? '"link"' : kind == 1 ? '"script"' : '"state"');
    put(',"path":');
    const path = needPath(index);
    putText(path.pointer, path.length);
    putByte(0x7d);
    if (!keep(start, stop)) return;
  }
}

// ---------------------------------------------------------------- a rule's reason; called by the generated code

let reasonEnd: u32 = 0;

/** Literal text of a `because`. */
export function reportText(pointer: u32, length: u32): void {
  if (at < reasonEnd) putBytes(pointer, length);
}

/** What a hole of a `because` holds. */
export function reportValue(value: u32): void {
  if (value == 0 || changetype<Value>(value).count == 0) {
    put("none");
    return;
  }
  const v = changetype<Value>(value);
  for (let i: u32 = 0; i < v.count && at < reasonEnd; i++) {
    const text = changetype<Text>(v.texts + i * offsetof<Text>());
    if (i > 0) put(" or ");
    putBytes(text.pointer, text.length);
  }
}

export function reportAnswer(answer: i32): void {
  put(answer == NO ? "no" : answer == YES ? "yes" : "maybe");
}

export function reportList(list: u32): void {
  if (list == 0) {
    put("none");
    return;
  }
  const l = changetype<List>(list);
  for (let i: u32 = 0; i < l.count && at < reasonEnd; i++) {
    if (i > 0) put(", ");
    reportValue(changetype<Item>(l.items + i * offsetof<Item>()).value);
  }
}

// ---------------------------------------------------------------- bytes

// @ts-ignore: decorator
@inline
function putByte(byte: u8): void {
  store<u8>(at++, byte);
}

/** ASCII. */
function put(text: string): void {
  const length = text.length;
  for (let i = 0; i < length; i++) store<u8>(at++, <u8>text.charCodeAt(i));
}

function putFlag(name: string, flag: u32): void {
  put(name);
  put(flag != 0 ? "true" : "false");
}

function putTier(tier: u32): void {
  put(tier == 0 ? '"safe"' : tier == 1 ? '"sensitive"' : tier == 2 ? '"commitment"' : '"irreversible"');
}

function putNumber(number: u32): void {
  let digits: u32 = 1;
  for (let rest = number; rest >= 10; rest /= 10) digits++;
  for (let place = at + digits; place > at; number /= 10) store<u8>(--place, <u8>(0x30 + (number % 10)));
  at += digits;
}

/** A JSON string. */
function putText(pointer: u32, length: u32): void {
  putByte(0x22);
  putBytes(pointer, length);
  putByte(0x22);
}

/** The inside of a JSON string. */
function putBytes(pointer: u32, length: u32): void {
  const cutShort = length > PRINTED_MAX;
  const end = pointer + (cutShort ? PRINTED_MAX : length);
  if (length > 0 && load<u8>(pointer) == REMOTE) {
    put("host:");
    pointer++;
  }
  while (pointer < end) {
    const byte = load<u8>(pointer);
    if (byte >= BELOW) {
      putEllipsis();
      pointer++;
    } else if (byte == 0x22 || byte == 0x5c) {
      putByte(0x5c);
      putByte(byte);
      pointer++;
    } else if (byte < 0x20 || byte == 0x7f) {
      put("\\u00");
      putHex(byte);
      pointer++;
    } else if (byte < 0x80) {
      putByte(byte);
      pointer++;
    } else {
      const bytes = sequenceLength(pointer, end);
      if (bytes == 0) {
        put("\\\\x");
        putHex(byte);
        pointer++;
      } else {
        memory.copy(at, pointer, bytes);
        at += bytes;
        pointer += bytes;
      }
    }
  }
  if (cutShort) putEllipsis();
}

/** `…` in UTF-8. */
function putEllipsis(): void {
  store<u16>(at, 0x80e2);
  store<u8>(at + 2, 0xa6);
  at += 3;
}

function putHex(byte: u8): void {
  putByte(hexDigit(byte >> 4));
  putByte(hexDigit(byte & 15));
}

function hexDigit(digit: u8): u8 {
  return digit < 10 ? 0x30 + digit : 0x57 + digit;
}

/** Bytes of the well-formed UTF-8 sequence that starts here (Unicode, table 3-7), or 0. */
function sequenceLength(pointer: u32, end: u32): u32 {
  const first = load<u8>(pointer);
  const bytes: u32 = first < 0xc2 ? 0 : first < 0xe0 ? 2 : first < 0xf0 ? 3 : first < 0xf5 ? 4 : 0;
  if (bytes == 0 || pointer + bytes > end) return 0;
  const second = load<u8>(pointer + 1);
  const least: u8 = first == 0xe0 ? 0xa0 : first == 0xf0 ? 0x90 : 0x80;
  const most: u8 = first == 0xed ? 0x9f : first == 0xf4 ? 0x8f : 0xbf;
  if (second < least || second > most) return 0;
  for (let i: u32 = 2; i < bytes; i++) if ((load<u8>(pointer + i) & 0xc0) != 0x80) return 0;
  return bytes;
}
