// Builds the data segment of a compiled policy: tables, texts and automata behind the core's arenas.
//
// Everything is little-endian and lies at an absolute address. Equal texts, values and automata are
// stored once. The same calls in the same order give the same bytes.

import { compileDfa } from "../automata/compile-dfa.ts";
import type { Dfa } from "../automata/dfa.ts";
import type { Patterns } from "../ir/ir.ts";

/** Bytes of a core `Value` record (stdlib/core/value.ts). */
export const VALUE_BYTES = 20;
/** PERHAPS_NONE of a `Value`'s flags. */
const PERHAPS_NONE = 1;
/** Bytes of a core `Text` record. */
export const TEXT_BYTES = 8;

/** In a serialised automaton: no class holds just that byte. */
export const NO_CLASS = 0xffff_ffff;
/** Bytes of an automaton's record before the class of each byte. */
const DFA_HEAD_BYTES = 28;

/** UTF-8 bytes at an address. */
export interface StoredText {
  readonly pointer: number;
  readonly length: number;
}

export class Data {
  readonly base: number;
  private buffer = new Uint8Array(1 << 16);
  private view = new DataView(this.buffer.buffer);
  private length = 0;
  private readonly encoder = new TextEncoder();
  private readonly byteRuns = new Map<string, number>();
  private readonly texts = new Map<string, StoredText>();
  private readonly values = new Map<string, number>();
  private readonly automata = new Map<string, number>();

  /** `base` is the address of the first byte; it must be a multiple of 16. */
  constructor(base: number) {
    this.base = base;
  }

  /** The address of `size` zero bytes. */
  allocate(size: number, align = 4): number {
    const start = Math.ceil(this.length / align) * align;
    this.length = start + size;
    if (this.buffer.length < this.length) this.grow();
    return this.base + start;
  }

  setU8(address: number, value: number): void {
    this.view.setUint8(address - this.base, value);
  }

  setU16(address: number, value: number): void {
    this.view.setUint16(address - this.base, value, true);
  }

  setU32(address: number, value: number): void {
    this.view.setUint32(address - this.base, value, true);
  }

  /** Where these bytes are stored; equal runs share their place. */
  bytes(bytes: Uint8Array): number {
    const key = bytes.join();
    const known = this.byteRuns.get(key);
    if (known !== undefined) return known;
    const address = this.allocate(bytes.length, 1);
    this.buffer.set(bytes, address - this.base);
    this.byteRuns.set(key, address);
    return address;
  }

  text(text: string): StoredText {
    const known = this.texts.get(text);
    if (known !== undefined) return known;
    const bytes = this.encoder.encode(text);
    const stored = { pointer: this.bytes(bytes), length: bytes.length };
    this.texts.set(text, stored);
    return stored;
  }

  /** The address of a core `Value` with these alternatives. */
  value(texts: readonly string[]): number {
    const key = JSON.stringify(texts);
    const known = this.values.get(key);
    if (known !== undefined) return known;
    const stored = texts.map((text) => this.text(text));
    const address = this.storeValue(stored);
    this.values.set(key, address);
    return address;
  }

  /** The address of a core `Value` whose only text is the hole *any*, and which may be none. */
  unknown(): number {
    const known = this.values.get("unknown");
    if (known !== undefined) return known;
    const address = this.storeValue([{ pointer: this.bytes(Uint8Array.of(0xff)), length: 1 }]);
    this.setU32(address + 4, PERHAPS_NONE);
    this.values.set("unknown", address);
    return address;
  }

  /** The address of an automaton in the form that stdlib/core/match.ts reads. */
  dfa(patterns: Patterns): number {
    const key = JSON.stringify(patterns);
    const known = this.automata.get(key);
    if (known !== undefined) return known;
    const address = this.storeDfa(compileDfa(patterns));
    this.automata.set(key, address);
    return address;
  }

  /** All bytes, to be placed at `base`. */
  finish(): Uint8Array {
    return this.buffer.slice(0, this.length);
  }

  private grow(): void {
    let size = this.buffer.length;
    while (size < this.length) size *= 2;
    const buffer = new Uint8Array(size);
    buffer.set(this.buffer);
    this.buffer = buffer;
    this.view = new DataView(buffer.buffer);
  }

  private storeValue(texts: readonly StoredText[]): number {
    const address = this.allocate(VALUE_BYTES + TEXT_BYTES * texts.length);
    const first = address + VALUE_BYTES;
    this.setU32(address, texts.length);
    this.setU32(address + 12, first);
    texts.forEach((text, index) => {
      this.setU32(first + TEXT_BYTES * index, text.pointer);
      this.setU32(first + TEXT_BYTES * index + 4, text.length);
    });
    return address;
  }

  //   0 states   4 classes   8 transitions   12 accepts   16 class of `/` alone
  //   20 24 classes of `.` and of `/` when they hold nothing else but these two   28 class of each byte (256)
  //
  // Transitions are u16, one row of `classes` per state; accepts are one byte per state. State 0 is the start.
  private storeDfa(dfa: Dfa): number {
    const next = new Uint8Array(dfa.next.length * 2);
    const view = new DataView(next.buffer);
    dfa.next.forEach((state, index) => view.setUint16(index * 2, state, true));
    const address = this.allocate(DFA_HEAD_BYTES + 256);
    const transitions = this.allocate(next.length, 2);
    this.buffer.set(next, transitions - this.base);
    const accepts = this.bytes(dfa.accepts.slice(0, dfa.states));
    this.setU32(address, dfa.states);
    this.setU32(address + 4, dfa.classes);
    this.setU32(address + 8, transitions);
    this.setU32(address + 12, accepts);
    this.setU32(address + 16, classOfOnly(dfa.classOf, "/", "/"));
    this.setU32(address + 20, classOfOnly(dfa.classOf, ".", "./"));
    this.setU32(address + 24, classOfOnly(dfa.classOf, "/", "./"));
    this.buffer.set(dfa.classOf.subarray(0, 256), address + DFA_HEAD_BYTES - this.base);
    return address;
  }
}

/** The class of `byte` when it holds nothing but `allowed`, else NO_CLASS. */
function classOfOnly(classOf: Uint8Array, byte: string, allowed: string): number {
  const found = classOf[byte.charCodeAt(0)] ?? 0;
  const others = classOf.some((group, value) => group === found && !allowed.includes(String.fromCharCode(value)));
  return others ? NO_CLASS : found;
}
