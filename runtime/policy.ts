// A compiled policy, loaded: decides actions and reports on the last decision.

import { readInfo } from "./info.ts";
import type { ModuleInfo } from "./info.ts";
import { PolicyError } from "./policy-error.ts";
import { carryOver, joinOthers, readSession, Session, writeSession } from "./session.ts";
import type { SessionShape, SessionState } from "./session.ts";
import type { Action, Decision, PolicyInfo, Report, Tier, Verdict } from "./types.ts";

/** A compiled policy, ready to decide. */
export interface Policy {
  readonly info: PolicyInfo;
  /**
   * Decides an action; bytes are its JSON form. The session grows by an action that is released. Without a session the
   * action is decided in a fresh one. What is no action at all is malformed: a decision that stops.
   */
  decide(action: Action | Uint8Array, session?: Session, options?: DecideOptions): Decision;
  /** The full report of the last decision. */
  report(): Report;
  /** A session in which nothing has happened yet. */
  newSession(): Session;
  /** A session in which has happened what happened in either; neither is changed. Counts are the greater ones. */
  join(a: Session, b: Session): Session;
}

export interface DecideOptions {
  /** An approval that names exactly this action was shown: the session then joins an action that needs one. */
  readonly approved?: boolean;
}

/** Loads a compiled policy. Refuses, with a `PolicyError`, a module that is none or that this runtime does not know. */
export function load(source: BufferSource | WebAssembly.Module): Policy {
  const module = source instanceof WebAssembly.Module ? source : compileModule(source);
  const [wanted] = WebAssembly.Module.imports(module);
  if (wanted !== undefined) {
    throw new PolicyError(
      "imports",
      `the module wants ${wanted.module}.${wanted.name} from outside; a policy decides by itself`,
    );
  }
  return new LoadedPolicy(module, readInfo(module));
}

/** The exports of a compiled policy (README.md). */
interface Exports {
  readonly memory: WebAssembly.Memory;
  readonly pawl_abi: () => number;
  readonly pawl_input: (length: number) => number;
  readonly pawl_decide: (length: number, form: number) => number;
  readonly pawl_session: () => number;
  readonly pawl_join: (pointer: number) => void;
  readonly pawl_report: () => number;
  readonly pawl_report_length: () => number;
}

const FUNCTIONS = [
  "pawl_abi",
  "pawl_input",
  "pawl_decide",
  "pawl_session",
  "pawl_join",
  "pawl_report",
  "pawl_report_length",
] as const;

/** Bits of `form`. */
const APPROVED = 2;
const TIERS: readonly Tier[] = ["safe", "sensitive", "commitment", "irreversible"];
const VERDICTS: readonly Verdict[] = ["allow", "require_approval", "deny"];
const SESSION_CHANGED = 1 << 12;

/** An instance of the module and what of it stays where it is. */
interface Loaded {
  readonly exports: Exports;
  readonly input: Uint8Array;
  readonly session: Uint8Array;
}

class LoadedPolicy implements Policy {
  readonly info: PolicyInfo;
  private readonly module: WebAssembly.Module;
  private readonly shape: SessionShape;
  private readonly encoder = new TextEncoder();
  private readonly sessionBytes: number;
  private loaded: Loaded;
  /** The session bytes that the module's memory holds, so that they are not copied again; null when unknown. */
  private held: Uint8Array | null = null;
  /** What session bytes say, as they were read or written. */
  private readonly states = new WeakMap<Uint8Array, SessionState>();

  constructor(module: WebAssembly.Module, info: ModuleInfo) {
    const { sessionBytes, ...shown } = info;
    this.info = shown;
    this.module = module;
    this.sessionBytes = sessionBytes;
    this.loaded = this.instantiate();
    this.shape = { marks: info.marks, fresh: this.loaded.session.slice() };
  }

  decide(action: Action | Uint8Array, session?: Session, options?: DecideOptions): Decision {
    const before = session === undefined ? this.freshState() : this.stateOf(session);
    const word = this.run(action, before.memory, options?.approved === true ? APPROVED : 0);
    if (session !== undefined && (word & SESSION_CHANGED) !== 0) {
      const memory = this.loaded.session.slice();
      this.held = memory;
      session.bytes = this.bytesOf({ ...before, memory });
    }
    return {
      tier: TIERS[word & 3] ?? "irreversible",
      verdict: VERDICTS[(word >> 2) & 3] ?? "deny",
      malformed: (word & 0x10) !== 0,
      oversized: (word & 0x20) !== 0,
      limited: (word & 0x40) !== 0,
      needsEvidence: (word & 0x80) !== 0,
    };
  }

  report(): Report {
    const { exports } = this.loaded;
    const pointer = exports.pawl_report();
    const length = exports.pawl_report_length();
    if (length === 0) throw new PolicyError("no-report", "there is no decision to report on");
    const text = new TextDecoder("utf-8", { fatal: true }).decode(
      new Uint8Array(exports.memory.buffer, pointer, length),
    );
    // The module writes exactly this type (stdlib/core/report.ts).
    return JSON.parse(text) as Report;
  }

  newSession(): Session {
    return new Session(this.bytesOf(this.freshState()));
  }

  join(a: Session, b: Session): Session {
    const left = this.stateOf(a);
    const right = this.stateOf(b);
    const { exports, input, session } = this.loaded;
    this.held = null;
    session.set(left.memory);
    input.set(right.memory);
    exports.pawl_join(exports.pawl_input(right.memory.length));
    const joined = {
      memory: session.slice(),
      marks: this.shape.marks,
      others: joinOthers(left, right),
      all: left.all || right.all,
    };
    return new Session(this.bytesOf(joined));
  }

  /** The session as this policy keeps it. */
  private stateOf(session: Session): SessionState {
    const known = this.states.get(session.bytes);
    if (known !== undefined) return known;
    const state = carryOver(readSession(session.bytes), this.shape);
    this.states.set(session.bytes, state);
    return state;
  }

  private bytesOf(state: SessionState): Uint8Array {
    const bytes = writeSession(state);
    this.states.set(bytes, state);
    return bytes;
  }

  private freshState(): SessionState {
    return { memory: this.shape.fresh, marks: this.shape.marks, others: new Map(), all: false };
  }

  /** Decides in the session with these bytes and gives the module's word. */
  private run(action: Action | Uint8Array, session: Uint8Array, form: number): number {
    try {
      const length = this.write(action);
      if (this.held !== session) this.loaded.session.set(session);
      this.held = null;
      const word = this.loaded.exports.pawl_decide(length, form);
      if ((word & SESSION_CHANGED) === 0) this.held = session;
      return word;
    } catch (error) {
      // A module that broke down may be in any state.
      this.loaded = this.instantiate();
      this.held = null;
      throw new PolicyError("trap", "the policy broke down while deciding; nothing was decided", { cause: error });
    }
  }

  /** Writes the action into the module's memory and gives its length, one too many when it is too long. */
  private write(action: Action | Uint8Array): number {
    const { input } = this.loaded;
    const tooLong = input.length + 1;
    if (action instanceof Uint8Array) {
      if (action.length > input.length) return tooLong;
      input.set(action);
      return action.length;
    }
    const text = stringify(action);
    // A code unit takes at least one byte.
    if (text.length > input.length) return tooLong;
    const { read, written } = this.encoder.encodeInto(text, input);
    return read < text.length ? tooLong : written;
  }

  private instantiate(): Loaded {
    const exports = exportsOf(new WebAssembly.Instance(this.module));
    const { inputBytesMax, memoryBytes, abi } = this.info;
    if (exports.pawl_abi() !== abi) {
      throw new PolicyError("abi", `the module has interface ${exports.pawl_abi()}, its sections say ${abi}`);
    }
    const { buffer } = exports.memory;
    const input = exports.pawl_input(inputBytesMax);
    const session = exports.pawl_session();
    const fits =
      input > 0 && input + inputBytesMax <= buffer.byteLength && session + this.sessionBytes <= buffer.byteLength;
    if (buffer.byteLength !== memoryBytes || !fits || exports.pawl_input(inputBytesMax + 1) !== 0) {
      throw new PolicyError("sections", "the module's memory is not what its sections say");
    }
    return {
      exports,
      input: new Uint8Array(buffer, input, inputBytesMax),
      session: new Uint8Array(buffer, session, this.sessionBytes),
    };
  }
}

function compileModule(bytes: BufferSource): WebAssembly.Module {
  try {
    return new WebAssembly.Module(bytes);
  } catch (error) {
    throw new PolicyError("not-wasm", "the bytes are no valid WebAssembly module", { cause: error });
  }
}

function exportsOf(instance: WebAssembly.Instance): Exports {
  const { exports } = instance;
  const missing = FUNCTIONS.find((name) => typeof exports[name] !== "function");
  if (missing !== undefined) throw new PolicyError("exports", `the module does not export ${missing}`);
  if (!(exports["memory"] instanceof WebAssembly.Memory))
    throw new PolicyError("exports", "the module does not export memory");
  // The names and kinds were just checked; the interface's version says what the functions take.
  return exports as unknown as Exports;
}

/** The action's JSON; what has none is the empty text, which is malformed. */
function stringify(action: Action): string {
  try {
    // The type says that there is an action; a caller without types may give anything.
    const text: unknown = JSON.stringify(action);
    return typeof text === "string" ? text : "";
  } catch {
    return "";
  }
}
