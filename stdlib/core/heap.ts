// Working memory of one decision: a bump allocator that is reset before each.
//
// Running out has two steps. At the soft end a sticky flag is set, every loop of the evaluation that allocates ends
// early, and the action is the effect *any*; what is still allocated on the way out comes from the reserve, so no
// record is ever overwritten. Past the reserve the module traps, and a host takes a trap as a stop.

import { HEAP_BYTES, HEAP_RESERVE_BYTES } from "./limits";
import { HEAP } from "./layout";

const SOFT_END: u32 = HEAP + HEAP_BYTES - HEAP_RESERVE_BYTES;
const END: u32 = HEAP + HEAP_BYTES;

// Zero until the first reset: another value would need a start function.
let top: u32 = 0;
let overflow: bool = false;

export function resetHeap(): void {
  top = HEAP;
  overflow = false;
}

/** True when this decision ran out of some arena; whatever it found since is not the whole truth. */
export function hasOverflowed(): bool {
  return overflow;
}

/** Marks this decision as beyond a limit. */
export function setOverflow(): void {
  overflow = true;
}

/** `bytes` of uninitialised memory, aligned to 8. */
export function allocate(bytes: u32): u32 {
  const start = top;
  if (bytes > HEAP_BYTES) unreachable();
  commit(start + bytes);
  return start;
}

/** The next free byte: for a writer that does not know its length yet, who finishes with `commit`; or to come back to with `release`. */
export function heapTop(): u32 {
  return top;
}

/** Bytes that are still free. */
export function heapRoom(): u32 {
  return END - top;
}

/** Keeps what was written from `heapTop()` up to `end`. */
export function commit(end: u32): void {
  top = (end + 7) & ~7;
  if (top > END) unreachable();
  if (top > SOFT_END) overflow = true;
}

/** Frees everything allocated since `heapTop()` answered `mark`; the flag stays. */
export function release(mark: u32): void {
  top = mark;
}
