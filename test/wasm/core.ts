// The core alone, as it is linked into every policy, with stand-ins for what a policy gives it: for tests of its
// functions on values made by hand.

import { openCore } from "../../compiler/wasm/link.ts";
import { Data } from "../../compiler/wasm/data.ts";
import type { Value } from "../../compiler/evaluate/values.ts";

const PAGES = 256;
const PAGE = 65_536;
/** Where test values go: the last pages, behind all arenas. */
const ROOM = (PAGES - 32) * PAGE;
const PERHAPS_NONE = 1;

type CoreFunction = (...parameters: number[]) => number;

export class Core {
  private readonly exports: Record<string, CoreFunction>;
  private readonly memory: Uint8Array;
  private readonly view: DataView;
  private at = ROOM;

  constructor() {
    const { module } = openCore();
    module.setMemory(PAGES, module.segments());
    const policy: Record<string, () => number> = {};
    for (const { base } of module.imports()) policy[base] = () => 0;
    const { exports } = new WebAssembly.Instance(new WebAssembly.Module(module.emit()), { policy });
    // Everything that the core exports is a function, but for the memory that was added above.
    this.exports = exports as Record<string, CoreFunction>;
    const memory = exports["memory"] as WebAssembly.Memory;
    this.memory = new Uint8Array(memory.buffer);
    this.view = new DataView(memory.buffer);
  }

  call(name: string, ...parameters: number[]): number {
    const called = this.exports[name];
    if (called === undefined) throw new Error(`the core exports no ${name}`);
    return called(...parameters);
  }

  /** Forgets what was written before, so that a test can go on for long. */
  reset(): void {
    this.at = ROOM;
    this.call("release", this.heap());
  }

  /** Stores bytes given as a latin-1 string. */
  bytes(text: string): number {
    const start = this.allocate(text.length);
    for (let index = 0; index < text.length; index++) this.memory[start + index] = text.charCodeAt(index);
    return start;
  }

  /** Stores a Value record. */
  value(value: Value | null): number {
    if (value === null) return 0;
    const address = this.allocate(20 + 8 * value.texts.length);
    this.view.setUint32(address, value.texts.length, true);
    this.view.setUint32(address + 4, value.perhapsNone ? PERHAPS_NONE : 0, true);
    this.view.setUint32(address + 8, value.origin, true);
    this.view.setUint32(address + 12, address + 20, true);
    this.view.setUint32(address + 16, 0, true);
    value.texts.forEach((text, index) => {
      const pointer = this.bytes(text);
      this.view.setUint32(address + 20 + 8 * index, pointer, true);
      this.view.setUint32(address + 24 + 8 * index, text.length, true);
    });
    return address;
  }

  /** Reads a Value record's texts and whether it may be none; null for none. */
  read(address: number): { readonly texts: readonly string[]; readonly perhapsNone: boolean } | null {
    if (address === 0) return null;
    const count = this.view.getUint32(address, true);
    const texts = this.view.getUint32(address + 12, true);
    return {
      texts: Array.from({ length: count }, (_, index) =>
        this.text(this.view.getUint32(texts + 8 * index, true), this.view.getUint32(texts + 8 * index + 4, true)),
      ),
      perhapsNone: (this.view.getUint32(address + 4, true) & PERHAPS_NONE) !== 0,
    };
  }

  text(pointer: number, length: number): string {
    return String.fromCharCode(...this.memory.subarray(pointer, pointer + length));
  }

  /** Stores what `layout` puts into a data segment and gives what it gives. */
  data(layout: (data: Data) => number): number {
    this.at = Math.ceil(this.at / 16) * 16;
    const data = new Data(this.at);
    const address = layout(data);
    const bytes = data.finish();
    this.memory.set(bytes, this.at);
    this.at += bytes.length;
    return address;
  }

  private allocate(bytes: number): number {
    const start = Math.ceil(this.at / 8) * 8;
    this.at = start + bytes;
    if (this.memory.length < this.at) throw new Error("the test's memory is full");
    return start;
  }

  private firstTop = 0;

  /** The start of the heap. */
  private heap(): number {
    if (this.firstTop === 0) this.firstTop = this.call("heapTop");
    return this.firstTop;
  }
}
