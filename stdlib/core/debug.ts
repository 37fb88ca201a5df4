// An entry of its own for tests and for the reference evaluator: the two readers without a policy.

import { classOf } from "./characters";
import { resetHeap } from "./heap";
import { DATA, EVENTS, INPUT } from "./layout";
import {
  jsonCount,
  jsonFirst,
  jsonKeyLength,
  jsonKeyPointer,
  jsonKind,
  jsonLength,
  jsonMember,
  jsonNext,
  jsonPointer,
  jsonRoot,
  readJson,
} from "./json/reader";
import { parseHereDocument, parseScript, resetEvents } from "./shell/parser";
import { eventCount } from "./shell/tree";

/** How much memory the arenas need; the host grows it. */
export function debug_memory(): u32 {
  return DATA;
}

/** Where a text is written before it is read: up to INPUT_MAX bytes. */
export function debug_input(): u32 {
  return INPUT;
}

export function debug_events(): u32 {
  return EVENTS;
}

export function debug_event_count(): u32 {
  return eventCount();
}

/** Parses the first `length` bytes of the input as a script; the index of its event, or -1. */
export function debug_parse(length: i32): i32 {
  resetHeap();
  resetEvents();
  return <i32>parseScript(INPUT, <u32>length);
}

/** The same for the body of a here-document. */
export function debug_here_document(length: i32): i32 {
  resetHeap();
  resetEvents();
  return <i32>parseHereDocument(INPUT, <u32>length);
}

/** Parses a script behind the events of the last one, as the evaluator does. */
export function debug_parse_more(offset: i32, length: i32): i32 {
  return <i32>parseScript(INPUT + <u32>offset, <u32>length);
}

/** Reads the first `length` bytes of the input as JSON; 1 when it is well-formed. */
export function debug_json(length: i32): i32 {
  resetHeap();
  return readJson(INPUT, <u32>length) ? 1 : 0;
}

export {
  jsonCount as debug_json_count,
  jsonFirst as debug_json_first,
  jsonKeyLength as debug_json_key_length,
  jsonKeyPointer as debug_json_key_pointer,
  jsonKind as debug_json_kind,
  jsonLength as debug_json_length,
  jsonMember as debug_json_member,
  jsonNext as debug_json_next,
  jsonPointer as debug_json_pointer,
  jsonRoot as debug_json_root,
};

/** The class bits of a byte in shell text. */
export function debug_class(byte: i32): i32 {
  return <i32>classOf(<u32>byte);
}
