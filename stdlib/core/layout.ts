// Where everything lies in the module's memory. The linker reads these numbers from the core's exports.
//
//   0        never used: a null pointer reads zeros
//   1 KiB    the core's own statics (asc --memoryBase)
//   64 KiB   INPUT, EVENTS, NODES, HEAP, REPORT, SESSION
//   DATA     the policy's tables, written by the linker

import { EVENTS_MAX, HEAP_BYTES, INPUT_MAX, JSON_NODES_MAX, REPORT_MAX, SESSION_BYTES } from "./limits";

export const STATICS_END: u32 = 64 << 10;
export const INPUT: u32 = STATICS_END;
export const EVENTS: u32 = INPUT + INPUT_MAX + 64;
export const NODES: u32 = EVENTS + EVENTS_MAX * 16;
export const HEAP: u32 = NODES + JSON_NODES_MAX * 24;
export const REPORT: u32 = HEAP + HEAP_BYTES;
export const SESSION: u32 = REPORT + REPORT_MAX;
export const DATA: u32 = SESSION + SESSION_BYTES;
