// Lists of items: an argument list, the elements of a hole, the values of an option.

import { allocate, hasOverflowed, setOverflow } from "./heap";
import { ITEMS_MAX } from "./limits";
import { blank, concat, unknown, union, withFlags } from "./text";
import { GLOB, Item, List, Origin, PERHAPS_NONE, SPLAT, UNSURE, Value } from "./value";

/** A list under construction: a chain of nodes, flattened by `finish`. */
@unmanaged
export class Builder {
  count: u32;
  first: u32;
  last: u32;
}

@unmanaged
class Node {
  value: u32;
  flags: u32;
  start: u32;
  end: u32;
  next: u32;
}

export function newBuilder(): Builder {
  const builder = changetype<Builder>(allocate(offsetof<Builder>()));
  builder.count = 0;
  builder.first = 0;
  builder.last = 0;
  return builder;
}

export function push(builder: Builder, value: u32, flags: u32, start: u32, end: u32): void {
  if (builder.count >= ITEMS_MAX) {
    setOverflow();
    return;
  }
  const node = changetype<Node>(allocate(offsetof<Node>()));
  node.value = value;
  node.flags = flags;
  node.start = start;
  node.end = end;
  node.next = 0;
  if (builder.count == 0) builder.first = changetype<u32>(node);
  else changetype<Node>(builder.last).next = changetype<u32>(node);
  builder.last = changetype<u32>(node);
  builder.count++;
}

export function finish(builder: Builder): u32 {
  const list = newList(builder.count);
  let node = builder.first;
  for (let i: u32 = 0; i < builder.count; i++) {
    memory.copy(changetype<u32>(itemAt(list, i)), node, offsetof<Item>());
    node = changetype<Node>(node).next;
  }
  return list;
}

/** A list of `count` items, which the caller fills in. */
export function newList(count: u32): u32 {
  const list = changetype<List>(allocate(offsetof<List>() + count * offsetof<Item>()));
  list.count = count;
  list.items = changetype<u32>(list) + offsetof<List>();
  return changetype<u32>(list);
}

// @ts-ignore: decorator
@inline
export function itemAt(list: u32, index: u32): Item {
  return changetype<Item>(changetype<List>(list).items + index * offsetof<Item>());
}

// @ts-ignore: decorator
@inline
export function listCount(list: u32): u32 {
  return list == 0 ? 0 : changetype<List>(list).count;
}

/** A view of `list` from `from` up to `to`; it shares the items. */
export function slice(list: u32, from: u32, to: u32): u32 {
  const view = changetype<List>(allocate(offsetof<List>()));
  view.count = to > from ? to - from : 0;
  view.items = changetype<List>(list).items + from * offsetof<Item>();
  return changetype<u32>(view);
}

/** A list of one sure item. */
export function listOf(value: u32): u32 {
  const list = newList(1);
  setItem(itemAt(list, 0), value, 0);
  return list;
}

export function setItem(item: Item, value: u32, flags: u32): void {
  item.value = value;
  item.flags = flags;
  item.start = 0;
  item.end = 0;
}

/** One list after the other. */
export function joinLists(a: u32, b: u32): u32 {
  const first = listCount(a);
  const second = listCount(b);
  if (first + second > ITEMS_MAX) {
    setOverflow();
    return a;
  }
  const out = newList(first + second);
  for (let i: u32 = 0; i < first; i++) memory.copy(changetype<u32>(itemAt(out, i)), changetype<u32>(itemAt(a, i)), offsetof<Item>());
  for (let i: u32 = 0; i < second; i++) memory.copy(changetype<u32>(itemAt(out, first + i)), changetype<u32>(itemAt(b, i)), offsetof<Item>());
  return out;
}

/** Not certain to be there; a glob stands for at least one word. */
export function mayBeMissing(item: Item): bool {
  if ((item.flags & UNSURE) != 0) return true;
  return (item.flags & SPLAT) != 0 && (item.flags & GLOB) == 0;
}

/** The list as one value: an element that is unsure or a splat is perhaps none, several are a union. */
export function listValue(list: u32): u32 {
  const count = listCount(list);
  let value: u32 = 0;
  for (let i: u32 = 0; i < count; i++) {
    const item = itemAt(list, i);
    const element = mayBeMissing(item) ? withFlags(item.value, PERHAPS_NONE) : item.value;
    value = i == 0 ? element : union(value, element);
  }
  return value;
}

/** The elements joined by single blanks; unknown as soon as one may be missing or be several. */
export function joinWords(list: u32): u32 {
  const count = listCount(list);
  let origin: u32 = Origin.None;
  let exact = true;
  for (let i: u32 = 0; i < count; i++) {
    const item = itemAt(list, i);
    origin = max(origin, changetype<Value>(item.value).origin);
    if ((item.flags & (SPLAT | UNSURE)) != 0) exact = false;
  }
  if (!exact) return unknown(origin);
  let value: u32 = 0;
  for (let i: u32 = 0; i < count && !hasOverflowed(); i++) {
    value = i == 0 ? itemAt(list, i).value : concat(concat(value, blank()), itemAt(list, i).value);
  }
  return concat(value, 0);
}
