// From instructions with labels to a program. Conditional jumps reach 255 instructions; a farther
// one goes through a trampoline that is placed right behind it.

import type { Insn, JumpOperator, Program } from "./insn.ts";

/** One line of assembly. Labels only lie ahead of the jumps that name them. */
export type Item =
  | { readonly kind: "insn"; readonly insn: Insn }
  | { readonly kind: "label"; readonly label: string }
  | { readonly kind: "goto"; readonly label: string }
  | {
      readonly kind: "branch";
      readonly operator: JumpOperator;
      readonly k: number;
      readonly then: string;
      readonly otherwise: string;
    };

/** BPF's jt and jf are one byte each. */
const REACH = 255;

/** Which side of a branch goes through a trampoline. */
interface Far {
  readonly then: boolean;
  readonly otherwise: boolean;
}

const NEAR: Far = { then: false, otherwise: false };

export function assemble(items: readonly Item[]): Program {
  // Trampolines push code apart, which can make another branch far; a branch never gets near again, so this ends.
  const far = new Map<number, Far>();
  for (;;) {
    const positions = place(items, far);
    let changed = false;
    items.forEach((item, index) => {
      if (item.kind !== "branch") return;
      const before = far.get(index) ?? NEAR;
      const base = (positions.items[index] ?? 0) + 1;
      const isFar = (label: string): boolean => REACH < target(positions.labels, label) - base;
      const after = { then: before.then || isFar(item.then), otherwise: before.otherwise || isFar(item.otherwise) };
      if (after.then === before.then && after.otherwise === before.otherwise) return;
      far.set(index, after);
      changed = true;
    });
    if (!changed) return write(items, far, positions);
  }
}

interface Positions {
  readonly items: readonly number[];
  readonly labels: ReadonlyMap<string, number>;
}

function place(items: readonly Item[], far: ReadonlyMap<number, Far>): Positions {
  const positions: number[] = [];
  const labels = new Map<string, number>();
  let pc = 0;
  items.forEach((item, index) => {
    positions.push(pc);
    if (item.kind === "label") {
      if (labels.has(item.label)) throw new Error(`internal error: label ${item.label} stands twice`);
      labels.set(item.label, pc);
      return;
    }
    const sides = far.get(index) ?? NEAR;
    pc += 1 + Number(sides.then) + Number(sides.otherwise);
  });
  return { items: positions, labels };
}

function write(items: readonly Item[], far: ReadonlyMap<number, Far>, positions: Positions): Program {
  const returns = returnsAt(items, positions);
  const program: Insn[] = [];
  /** A jump from here; where it would only lead to a return, that return. */
  const leap = (label: string): Insn => {
    const to = target(positions.labels, label);
    return returns.get(to) ?? { kind: "jump_always", k: forward(to - program.length - 1, label) };
  };
  items.forEach((item, index) => {
    switch (item.kind) {
      case "label":
        return;
      case "insn":
        program.push(item.insn);
        return;
      case "goto":
        program.push(leap(item.label));
        return;
      case "branch": {
        const sides = far.get(index) ?? NEAR;
        const base = program.length + 1;
        const jt = sides.then ? 0 : forward(target(positions.labels, item.then) - base, item.then);
        const jf = sides.otherwise
          ? Number(sides.then)
          : forward(target(positions.labels, item.otherwise) - base, item.otherwise);
        program.push({ kind: "jump", operator: item.operator, k: item.k >>> 0, jt, jf });
        if (sides.then) program.push(leap(item.then));
        if (sides.otherwise) program.push(leap(item.otherwise));
        return;
      }
    }
  });
  return program;
}

/** The returns by position. */
function returnsAt(items: readonly Item[], positions: Positions): ReadonlyMap<number, Insn> {
  const returns = new Map<number, Insn>();
  items.forEach((item, index) => {
    if (item.kind === "insn" && item.insn.kind === "return") returns.set(positions.items[index] ?? 0, item.insn);
  });
  return returns;
}

function target(labels: ReadonlyMap<string, number>, label: string): number {
  const at = labels.get(label);
  if (at === undefined) throw new Error(`internal error: no label ${label}`);
  return at;
}

function forward(distance: number, label: string): number {
  if (distance < 0) throw new Error(`internal error: label ${label} lies behind its jump`);
  return distance;
}
