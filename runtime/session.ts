// What earlier actions of one agent left behind: a tier, marks, and how often each was set. It only ever grows.
//
// The bytes of a session are those of the module's memory (README.md draws them), which know marks by number, and
// behind them the marks' names as JSON, so that another build of a policy carries them over by name:
//
//     { "marks": ["secret_read"], "others": { "mark_of_another_build": 2 }, "all": false }
//
// `all` is the largest session: bytes that cannot be read are, and stay, one in which everything has happened.

const DIGEST_BYTES = 32;
const TIER_AT = 32;
const BITS_AT = 36;
const COUNTS_AT = 68;
const TIER_MAX = 3;
const COUNT_MAX = 0xffff_ffff;

/** How a session stands in a module's memory, and the names that go with it. None of it is changed once made. */
export interface SessionState {
  /** The bytes in the module's memory. */
  readonly memory: Uint8Array;
  /** The names of the marks in them, by number. */
  readonly marks: readonly string[];
  /** How often marks were set that this build does not know. */
  readonly others: ReadonlyMap<string, number>;
  readonly all: boolean;
}

/** How a policy keeps sessions: its marks by number, and the bytes of a fresh one. */
export interface SessionShape {
  readonly marks: readonly string[];
  readonly fresh: Uint8Array;
}

export class Session {
  /**
   * Everything that must outlive the process. A decision that changes the session puts new bytes in their place; they
   * are never written into. Bytes that cannot be read are the largest session.
   */
  bytes: Uint8Array;

  constructor(bytes: Uint8Array) {
    this.bytes = bytes;
  }
}

/** The state as this policy keeps it; the same object when it already is. */
export function carryOver(state: SessionState, shape: SessionShape): SessionState {
  if (state.all) return largest(shape.fresh.length, shape.marks);
  if (isOfShape(state.memory, shape)) return state;
  const memory = shape.fresh.slice();
  const view = new DataView(memory.buffer);
  const from = view4(state.memory);
  view.setUint32(TIER_AT, Math.max(view.getUint32(TIER_AT, true), from.getUint32(TIER_AT, true)), true);
  const counts = new Map(state.others);
  state.marks.forEach((mark, number) => {
    if (hasBit(state.memory, number)) counts.set(mark, from.getUint32(COUNTS_AT + 4 * number, true));
  });
  shape.marks.forEach((mark, number) => {
    const count = counts.get(mark);
    if (count === undefined) return;
    counts.delete(mark);
    memory[BITS_AT + (number >> 3)] = (memory[BITS_AT + (number >> 3)] ?? 0) | (1 << (number & 7));
    view.setUint32(COUNTS_AT + 4 * number, count, true);
  });
  return { memory, marks: shape.marks, others: counts, all: false };
}

/** Marks that neither build knows: all of both, with the greater counts. */
export function joinOthers(a: SessionState, b: SessionState): ReadonlyMap<string, number> {
  const joined = new Map(a.others);
  for (const [mark, count] of b.others) joined.set(mark, Math.max(count, joined.get(mark) ?? 0));
  return joined;
}

/** Bytes whose digest no policy has are the largest session to every module. */
function largest(size: number, marks: readonly string[]): SessionState {
  return { memory: new Uint8Array(size), marks, others: new Map(), all: true };
}

function isOfShape(memory: Uint8Array, shape: SessionShape): boolean {
  return (
    memory.length === shape.fresh.length &&
    memory.subarray(0, DIGEST_BYTES).every((byte, index) => byte === shape.fresh[index])
  );
}

function hasBit(memory: Uint8Array, number: number): boolean {
  return (((memory[BITS_AT + (number >> 3)] ?? 0) >> (number & 7)) & 1) === 1;
}

function view4(memory: Uint8Array): DataView {
  return new DataView(memory.buffer, memory.byteOffset, memory.byteLength);
}

// ---------------------------------------------------------------- bytes

/** The bytes of a session in this state. */
export function writeSession(state: SessionState): Uint8Array {
  const others = Object.fromEntries([...state.others].sort(([a], [b]) => (a < b ? -1 : 1)));
  const names = new TextEncoder().encode(JSON.stringify({ marks: state.marks, others, all: state.all }));
  const bytes = new Uint8Array(4 + state.memory.length + names.length);
  new DataView(bytes.buffer).setUint32(0, state.memory.length, true);
  bytes.set(state.memory, 4);
  bytes.set(names, 4 + state.memory.length);
  return bytes;
}

/** The state that these bytes say. */
export function readSession(bytes: Uint8Array): SessionState {
  const unreadable = largest(0, []);
  if (bytes.length < 4) return unreadable;
  const length = view4(bytes).getUint32(0, true);
  const memory = bytes.slice(4, 4 + length);
  if (memory.length !== length || length < COUNTS_AT) return unreadable;
  const names = readNames(bytes.subarray(4 + length));
  if (names === null || names.all || memory.length < COUNTS_AT + 4 * names.marks.length) return unreadable;
  if (view4(memory).getUint32(TIER_AT, true) > TIER_MAX) return unreadable;
  return { memory, ...names };
}

function readNames(bytes: Uint8Array): Omit<SessionState, "memory"> | null {
  let value: unknown;
  try {
    value = JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(bytes));
  } catch {
    return null;
  }
  if (typeof value !== "object" || value === null) return null;
  const { marks, others, all } = value as Readonly<Record<string, unknown>>;
  if (!Array.isArray(marks) || !marks.every((mark) => typeof mark === "string") || typeof all !== "boolean")
    return null;
  if (typeof others !== "object" || others === null || Array.isArray(others)) return null;
  const counts = Object.entries(others);
  if (!counts.every(isCount)) return null;
  return { marks, others: new Map(counts), all };
}

function isCount(entry: readonly [string, unknown]): entry is [string, number] {
  const [, count] = entry;
  return typeof count === "number" && Number.isInteger(count) && 0 <= count && count <= COUNT_MAX;
}
