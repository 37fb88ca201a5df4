// The only writer of the EVENTS arena. A node is opened, gets its children, and is closed; what was taken
// for one thing and turns out another is changed in place or cut off.

import { EVENTS_MAX } from "../limits";
import { Event, Kind, event } from "./events";
import { fail } from "./source";

/** Here-documents that wait for one line's end; people write one or two. */
const PENDING_MAX: u32 = 16;
const PENDING: usize = memory.data(64, 4);

let count: u32 = 0;
let pending: u32 = 0;

export function resetTree(): void {
  count = 0;
  pending = 0;
}

/** How many events there are; the index of the next one. */
export function eventCount(): u32 {
  return count;
}

/** Drops all events from `index` on. */
export function cut(index: u32): void {
  count = index;
}

/** Adds a node that will have children; `close` it after them. */
export function open(kind: i32, flags: u32, aux: u32, a: u32, b: u32): u32 {
  // The last place is never used, so that a failed parse has somewhere to write.
  if (EVENTS_MAX - 1 <= count) {
    fail();
    return EVENTS_MAX - 1;
  }
  const node = event(count);
  node.kind = <u8>kind;
  node.flags = <u8>flags;
  node.aux = <u16>aux;
  node.a = a;
  node.b = b;
  node.end = count + 1;
  return count++;
}

// @ts-ignore: decorator
@inline
export function close(index: u32): void {
  event(index).end = count;
}

/** Turns an open or closed node into a leaf; its children become its siblings. */
export function flatten(index: u32, kind: i32, a: u32, b: u32): void {
  const node = event(index);
  node.kind = <u8>kind;
  node.flags = 0;
  node.aux = 0;
  node.a = a;
  node.b = b;
  node.end = index + 1;
}

/** Puts a node around all events from `start` on. Costs their number, once for each operator. */
export function enclose(start: u32, kind: i32): u32 {
  const added = open(kind, 0, 0, 0, 0);
  if (added < start || added == EVENTS_MAX - 1) return added;
  memory.copy(changetype<usize>(event(start + 1)), changetype<usize>(event(start)), (added - start) * offsetof<Event>());
  for (let index = start + 1; index <= added; index++) event(index).end++;
  for (let index: u32 = pending; 0 < index && start <= pendingAt(index - 1); index--) {
    store<u32>(PENDING + (index - 1) * 4, pendingAt(index - 1) + 1);
  }
  const node = event(start);
  node.kind = <u8>kind;
  node.flags = 0;
  node.aux = 0;
  node.a = 0;
  node.b = 0;
  node.end = count;
  return start;
}

/** Remembers a HereDocument whose body comes after this line. */
export function wait(index: u32): void {
  if (pending == PENDING_MAX) {
    fail();
    return;
  }
  store<u32>(PENDING + pending++ * 4, index);
}

/** How many HereDocuments wait, those of surrounding texts included. */
export function pendingCount(): u32 {
  return pending;
}

/** The event of one that waits. */
export function pendingAt(index: u32): u32 {
  return load<u32>(PENDING + index * 4);
}

export function forgetPending(from: u32): void {
  pending = from;
}

/** True when every event from `start` on is plain: no expansion that could have an effect. */
export function isLiteral(start: u32): bool {
  for (let index = start; index < count; index++) {
    const kind: i32 = event(index).kind;
    if (kind != Kind.Text && kind != Kind.Glob && kind != Kind.Tilde && kind != Kind.Brace && kind != Kind.Alternative) return false;
  }
  return true;
}
