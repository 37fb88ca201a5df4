// What the generators share: the module under construction, the core's functions by name, and one function's locals.

import { invariant } from "../source/invariant.ts";
import type { PolicyIr } from "../ir/ir.ts";
import type { Expression, WasmModule } from "./binaryen.ts";
import type { Data } from "./data.ts";

/** Three-valued answers. */
export const NO = 0;
export const MAYBE = 1;
export const YES = 2;

/** What every generator works on. */
export class Target {
  readonly ir: PolicyIr;
  readonly module: WasmModule;
  readonly data: Data;
  /** Functions that were generated, in order. */
  readonly functions: string[] = [];
  private readonly coreFunctions: ReadonlyMap<string, string>;

  /** `coreFunctions` has the internal name of each function that the core exports. */
  constructor(ir: PolicyIr, module: WasmModule, data: Data, coreFunctions: ReadonlyMap<string, string>) {
    this.ir = ir;
    this.module = module;
    this.data = data;
    this.coreFunctions = coreFunctions;
  }

  /** The internal name of a function of the core. */
  core(name: string): string {
    const internal = this.coreFunctions.get(name);
    invariant(internal !== undefined, `the core exports no ${name}`);
    return internal;
  }

  /** Calls a function of the core that gives a value. */
  call(name: string, ...operands: Expression[]): Expression {
    return this.module.call(this.core(name), operands);
  }

  /** Calls a function of the core that gives none. */
  callVoid(name: string, ...operands: Expression[]): Expression {
    return this.module.callVoid(this.core(name), operands);
  }

  /** Defines a function; `body` makes its code, and a value at the end when `hasResult`. */
  define(name: string, parameters: number, hasResult: boolean, body: (code: Code) => Expression): string {
    const code = new Code(this, parameters);
    const expression = body(code);
    this.module.addFunction(name, parameters, hasResult, code.localCount, expression);
    this.functions.push(name);
    return name;
  }
}

/** One function under construction: its locals and labels. */
export class Code {
  readonly target: Target;
  readonly module: WasmModule;
  private readonly parameters: number;
  private locals = 0;
  private labels = 0;

  constructor(target: Target, parameters: number) {
    this.target = target;
    this.module = target.module;
    this.parameters = parameters;
  }

  get localCount(): number {
    return this.locals;
  }

  /** A new local. */
  local(): number {
    return this.parameters + this.locals++;
  }

  /** A label that no other block of this function has. */
  label(): string {
    return `l${this.labels++}`;
  }

  constant(value: number): Expression {
    return this.module.constant(value);
  }

  /** Lowers `answer`, a local, to at most `term`. */
  lower(answer: number, term: Expression): Expression {
    return this.module.set(answer, this.least(this.module.get(answer), term));
  }

  /** The lesser of two answers. */
  least(left: Expression, right: Expression): Expression {
    return this.pick(left, right, true);
  }

  /** The greater of two answers. */
  greatest(left: Expression, right: Expression): Expression {
    return this.pick(left, right, false);
  }

  private pick(left: Expression, right: Expression, least: boolean): Expression {
    const m = this.module;
    const a = this.local();
    const b = this.local();
    const condition = least ? m.less(m.get(a), m.get(b)) : m.less(m.get(b), m.get(a));
    return m.sequence([m.set(a, left), m.set(b, right)], m.select(condition, m.get(a), m.get(b)));
  }
}

/** Runs the case of that number, of a local whose value is one of theirs. A balanced tree, so that thousands do not nest. */
export function dispatch(code: Code, value: number, cases: readonly Expression[]): Expression {
  const m = code.module;
  const choose = (from: number, to: number): Expression => {
    if (to - from === 1) return cases[from] ?? m.block(null, []);
    const middle = (from + to) >> 1;
    return m.if(m.less(m.get(value), m.constant(middle)), choose(from, middle), choose(middle, to));
  };
  return cases.length === 0 ? m.block(null, []) : choose(0, cases.length);
}
