// The only importer of binaryen. It gives the few operations that the compiler needs, correctly typed: binaryen's
// own declarations name the functions on data segments wrongly.

import binaryen from "binaryen";
import { invariant } from "../source/invariant.ts";

/** An expression of type i32, or one without a value. */
export type Expression = number;

/** Bytes that a module places in its memory. */
export interface Segment {
  readonly address: number;
  readonly bytes: Uint8Array;
}

/** A function that the module expects from outside. */
export interface FunctionImport {
  /** The name inside the module; an optimised module has forgotten the original one. */
  readonly internal: string;
  readonly module: string;
  readonly base: string;
}

export interface FunctionExport {
  readonly name: string;
  readonly internal: string;
}

/** What engines have had for years, and nothing else. BulkMemoryOpt is binaryen's name for memory.copy and memory.fill. */
const FEATURES: readonly number[] = [
  binaryen.Features.MutableGlobals,
  binaryen.Features.BulkMemory,
  binaryen.Features.BulkMemoryOpt,
  binaryen.Features.SignExt,
  binaryen.Features.Multivalue,
];

// binaryen 132 has these functions under other names than its declarations say.
interface DataSegments {
  getNumDataSegments(): number;
  getDataSegmentInfo(segment: number): { readonly offset: number; readonly data: ArrayBuffer };
}

export class WasmModule {
  private readonly module: binaryen.Module;

  private constructor(module: binaryen.Module) {
    this.module = module;
  }

  static read(bytes: Uint8Array): WasmModule {
    const module = binaryen.readBinary(bytes);
    module.setFeatures(FEATURES.reduce((all, feature) => all | feature, 0));
    return new WasmModule(module);
  }

  // ---- what the module has

  imports(): FunctionImport[] {
    return this.functions().flatMap(({ name, module, base }) =>
      module === null || module === "" ? [] : [{ internal: name, module, base: base ?? "" }],
    );
  }

  exports(): FunctionExport[] {
    const found: FunctionExport[] = [];
    for (let index = 0; index < this.module.getNumExports(); index++) {
      const { name, value } = binaryen.getExportInfo(this.module.getExportByIndex(index));
      found.push({ name, internal: value });
    }
    return found;
  }

  /** The number that a function without parameters consists of. */
  constantOf(internal: string): number {
    const { body } = binaryen.getFunctionInfo(this.module.getFunction(internal));
    // The information about a constant has its value.
    const info = binaryen.getExpressionInfo(body) as binaryen.ExpressionInfo & { value?: number };
    invariant(typeof info.value === "number", `${internal} is no constant`);
    return info.value;
  }

  segments(): Segment[] {
    // The names differ from the declarations, see above.
    const data = this.module as unknown as DataSegments;
    const found: Segment[] = [];
    for (let index = 0; index < data.getNumDataSegments(); index++) {
      const { offset, data: bytes } = data.getDataSegmentInfo(this.module.getDataSegmentByIndex(index));
      found.push({ address: offset, bytes: new Uint8Array(bytes) });
    }
    return found;
  }

  // ---- changing it

  /** Replaces all segments and gives the memory a fixed size. */
  setMemory(pages: number, segments: readonly Segment[]): void {
    // An export name would be a second export of the same memory.
    this.module.setMemory(
      pages,
      pages,
      null,
      segments.map(({ address, bytes }) => ({ offset: this.module.i32.const(address), data: bytes, passive: false })),
      false,
      false,
      "0",
    );
    this.module.addMemoryExport("0", "memory");
  }

  /** Defines a function whose parameters and `locals` are all i32. */
  addFunction(name: string, parameters: number, hasResult: boolean, locals: number, body: Expression): void {
    this.module.addFunction(
      name,
      binaryen.createType(new Array<number>(parameters).fill(binaryen.i32)),
      hasResult ? binaryen.i32 : binaryen.none,
      new Array<number>(locals).fill(binaryen.i32),
      body,
    );
  }

  removeFunction(name: string): void {
    this.module.removeFunction(name);
  }

  removeExport(name: string): void {
    this.module.removeExport(name);
  }

  addSection(name: string, contents: Uint8Array): void {
    this.module.addCustomSection(name, contents);
  }

  /** Runs passes at binaryen's level 1, for size as much as for speed. */
  run(passes: readonly string[]): void {
    const { optimize, shrink } = { optimize: binaryen.getOptimizeLevel(), shrink: binaryen.getShrinkLevel() };
    binaryen.setOptimizeLevel(1);
    binaryen.setShrinkLevel(0);
    this.module.runPasses(passes);
    binaryen.setOptimizeLevel(optimize);
    binaryen.setShrinkLevel(shrink);
  }

  /** Runs binaryen's usual passes on one function. */
  optimizeFunction(name: string): void {
    this.module.optimizeFunction(name);
  }

  isValid(): boolean {
    return this.module.validate() === 1;
  }

  emit(): Uint8Array<ArrayBuffer> {
    return this.module.emitBinary().slice();
  }

  dispose(): void {
    this.module.dispose();
  }

  // ---- expressions

  constant(value: number): Expression {
    return this.module.i32.const(value | 0);
  }

  get(local: number): Expression {
    return this.module.local.get(local, binaryen.i32);
  }

  set(local: number, value: Expression): Expression {
    return this.module.local.set(local, value);
  }

  tee(local: number, value: Expression): Expression {
    return this.module.local.tee(local, value, binaryen.i32);
  }

  /** A call with a result. */
  call(name: string, operands: readonly Expression[]): Expression {
    return this.module.call(name, operands, binaryen.i32);
  }

  /** A call without one. */
  callVoid(name: string, operands: readonly Expression[]): Expression {
    return this.module.call(name, operands, binaryen.none);
  }

  /** The u32 at `pointer` + `offset`, both multiples of four. */
  load(pointer: Expression, offset: number): Expression {
    return this.module.i32.load(offset, 4, pointer);
  }

  add(left: Expression, right: Expression): Expression {
    return this.module.i32.add(left, right);
  }

  subtract(left: Expression, right: Expression): Expression {
    return this.module.i32.sub(left, right);
  }

  multiply(left: Expression, right: Expression): Expression {
    return this.module.i32.mul(left, right);
  }

  and(left: Expression, right: Expression): Expression {
    return this.module.i32.and(left, right);
  }

  equal(left: Expression, right: Expression): Expression {
    return this.module.i32.eq(left, right);
  }

  isZero(value: Expression): Expression {
    return this.module.i32.eqz(value);
  }

  /** Unsigned. */
  less(left: Expression, right: Expression): Expression {
    return this.module.i32.lt_u(left, right);
  }

  select(condition: Expression, yes: Expression, no: Expression): Expression {
    return this.module.select(condition, yes, no);
  }

  if(condition: Expression, yes: Expression, no?: Expression): Expression {
    return no === undefined ? this.module.if(condition, yes) : this.module.if(condition, yes, no);
  }

  /** Statements; with a label, `branch` to it leaves them. */
  block(label: string | null, statements: readonly Expression[]): Expression {
    return this.module.block(label, statements, binaryen.none);
  }

  /** Statements and then a value. */
  sequence(statements: readonly Expression[], value: Expression): Expression {
    return this.module.block(null, [...statements, value], binaryen.i32);
  }

  /** `branch` to the label starts it again; it ends by itself otherwise. */
  loop(label: string, body: Expression): Expression {
    return this.module.loop(label, body);
  }

  branch(label: string, condition?: Expression): Expression {
    return condition === undefined ? this.module.br(label) : this.module.br_if(label, condition);
  }

  /** Branches to the label of that number, else to `otherwise`. */
  switch(labels: readonly string[], otherwise: string, value: Expression): Expression {
    return this.module.switch(labels, otherwise, value);
  }

  return(value?: Expression): Expression {
    return value === undefined ? this.module.return() : this.module.return(value);
  }

  private functions(): binaryen.FunctionInfo[] {
    const found: binaryen.FunctionInfo[] = [];
    for (let index = 0; index < this.module.getNumFunctions(); index++) {
      found.push(binaryen.getFunctionInfo(this.module.getFunctionByIndex(index)));
    }
    return found;
  }
}
