// Working memory of one decision: a bump allocator that is reset before each. Overflow is sticky and
// ends in the effect *any*; allocations then land in SCRAP, so nothing is overwritten that is read later as truth.

import { HEAP_BYTES } from "./limits";
import { HEAP, SCRAP, SCRAP_BYTES } from "./layout";

let top: u32 = HEAP;
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

/** `bytes` of uninitialised memory, aligned to 8. At most SCRAP_BYTES. */
export function allocate(bytes: u32): u32 {
  const start = top;
  const next = (start + bytes + 7) & ~7;
  if (bytes > SCRAP_BYTES || next > HEAP + HEAP_BYTES) {
    overflow = true;
    return SCRAP;
  }
  top = next;
  return start;
}

/** The next free byte, for a writer that does not know its length yet; finish with `commit`. */
export function heapTop(): u32 {
  return top;
}

/** Bytes that are still free. */
export function heapRoom(): u32 {
  return HEAP + HEAP_BYTES - top;
}

/** Keeps what was written from `heapTop()` up to `end`. */
export function commit(end: u32): void {
  top = (end + 7) & ~7;
}
