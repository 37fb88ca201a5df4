// The tree that the core's shell parser builds, for the reference evaluator and for tests: it runs the debug
// build of the core and copies its events out. Texts are byte strings: one character for each byte.

export type ShellKind =
  | "script"
  | "andOr"
  | "pipe"
  | "background"
  | "command"
  | "group"
  | "subshell"
  | "if"
  | "branch"
  | "loop"
  | "for"
  | "body"
  | "case"
  | "function"
  | "test"
  | "arithCommand"
  | "assign"
  | "word"
  | "redirect"
  | "hereDocument"
  | "text"
  | "glob"
  | "tilde"
  | "variable"
  | "substitution"
  | "process"
  | "arith"
  | "brace"
  | "alternative";

/** A node; stdlib/core/shell/events.ts says what each kind means. */
export interface ShellNode {
  readonly kind: ShellKind;
  readonly quoted: boolean;
  /** QUOTED 1, APPEND 2, ARRAY 4. */
  readonly flags: number;
  readonly aux: number;
  /** Of a redirection: 0xffffffff when not written, 0xfffffffe for `{name}`. Of a here-document: its number. Else 0. */
  readonly descriptor: number;
  /** The name, the literal, the body or the source slice. */
  readonly text: string;
  /** Where `text` stands in what was parsed, when it stands there. */
  readonly span: readonly [number, number] | null;
  readonly children: readonly ShellNode[];
}

export interface ShellParser {
  /** Null when bash would reject the text, or the parser does not know it, or a limit is passed. */
  parseScript(text: string): ShellNode | null;
  /** The body of a here-document that expands, as one word. */
  parseHereDocument(text: string): ShellNode | null;
}

/** The exports of the debug build that this file uses. */
interface DebugExports {
  readonly memory: WebAssembly.Memory;
  debug_memory(): number;
  debug_input(): number;
  debug_events(): number;
  debug_parse(length: number): number;
  debug_here_document(length: number): number;
}

const EVENT_BYTES = 16;
const PAGE_BYTES = 65536;
const INPUT_MAX = 1 << 20;

/** By the number of its Kind in stdlib/core/shell/events.ts. */
const KINDS: ReadonlyMap<number, ShellKind> = new Map<number, ShellKind>([
  [1, "script"],
  [2, "andOr"],
  [3, "pipe"],
  [4, "background"],
  [5, "command"],
  [6, "group"],
  [7, "subshell"],
  [8, "if"],
  [9, "branch"],
  [10, "loop"],
  [11, "for"],
  [12, "body"],
  [13, "case"],
  [14, "function"],
  [15, "test"],
  [16, "arithCommand"],
  [20, "assign"],
  [21, "word"],
  [22, "redirect"],
  [23, "hereDocument"],
  [30, "text"],
  [31, "glob"],
  [32, "tilde"],
  [33, "variable"],
  [34, "substitution"],
  [35, "process"],
  [36, "arith"],
  [37, "brace"],
  [38, "alternative"],
]);

/** Instantiates the debug build of the core. */
export function shellParser(debugModule: BufferSource): ShellParser {
  const instance = new WebAssembly.Instance(new WebAssembly.Module(debugModule), {});
  // The debug entry (stdlib/core/debug.ts) exports exactly these.
  const core = instance.exports as unknown as DebugExports;
  const missing = core.debug_memory() - core.memory.buffer.byteLength;
  if (0 < missing) core.memory.grow(Math.ceil(missing / PAGE_BYTES));
  return {
    parseScript: (text) => parse(core, text, (length) => core.debug_parse(length)),
    parseHereDocument: (text) => parse(core, text, (length) => core.debug_here_document(length)),
  };
}

function parse(core: DebugExports, text: string, run: (length: number) => number): ShellNode | null {
  if (INPUT_MAX < text.length) return null;
  const input = core.debug_input();
  const bytes = new Uint8Array(core.memory.buffer, input, text.length);
  for (let index = 0; index < text.length; index++) bytes[index] = text.charCodeAt(index);
  const root = run(text.length);
  return root < 0
    ? null
    : readNode({ memory: core.memory.buffer, events: core.debug_events(), input, length: text.length }, root);
}

interface Reading {
  readonly memory: ArrayBufferLike;
  readonly events: number;
  readonly input: number;
  readonly length: number;
}

function readNode(reading: Reading, index: number): ShellNode {
  const view = new DataView(reading.memory, reading.events + index * EVENT_BYTES, EVENT_BYTES);
  const code = view.getUint8(0);
  const kind = KINDS.get(code);
  if (kind === undefined) throw new Error(`the core wrote an event of the unknown kind ${code}`);
  const flags = view.getUint8(1);
  const aux = view.getUint16(2, true);
  const a = view.getUint32(4, true);
  const b = view.getUint32(8, true);
  const end = view.getUint32(12, true);
  const isRedirect = kind === "redirect";
  const start = a - reading.input;
  const isSource = !isRedirect && a !== 0 && 0 <= start && start + b <= reading.length;
  const children: ShellNode[] = [];
  for (let child = index + 1; child < end; child = endOf(reading, child)) children.push(readNode(reading, child));
  return {
    kind,
    quoted: (flags & 1) !== 0,
    flags,
    aux: kind === "hereDocument" ? 0 : aux,
    descriptor: isRedirect ? a : kind === "hereDocument" ? aux : 0,
    text: isRedirect || a === 0 ? "" : readText(reading, a, b),
    span: isSource ? [start, start + b] : null,
    children,
  };
}

function endOf(reading: Reading, index: number): number {
  return new DataView(reading.memory).getUint32(reading.events + index * EVENT_BYTES + 12, true);
}

function readText(reading: Reading, pointer: number, length: number): string {
  let text = "";
  for (const byte of new Uint8Array(reading.memory, pointer, length)) text += String.fromCharCode(byte);
  return text;
}

const REDIRECTS = ["<", ">", ">>", "<>", "&>", "&>>", "<<<", "<&", ">&"];
const GLOBS = ["", "star", "question", "bracket", "doubleStar", "extended"];
const OPERATORS = ["", "-", ":-", "=", ":=", "+", ":+", "?", ":?", "length", "indirect", "other", "subscript"];

/** One line a node, children indented below it. */
export function printShell(node: ShellNode): string {
  return printNode(node, "").join("\n");
}

function printNode(node: ShellNode, indent: string): string[] {
  const words: string[] = [node.kind];
  if (node.kind === "redirect")
    words.push(printDescriptor(node.descriptor) + (REDIRECTS[node.aux] ?? String(node.aux)));
  else if (node.kind === "hereDocument") words.push(String(node.descriptor));
  else if (node.kind === "glob") words.push(GLOBS[node.aux] ?? String(node.aux));
  else if (node.kind === "variable" && node.aux !== 0) words.push(OPERATORS[node.aux] ?? String(node.aux));
  else if (node.aux !== 0) words.push(String(node.aux));
  if ((node.flags & 1) !== 0) words.push("quoted");
  if ((node.flags & 2) !== 0) words.push("append");
  if ((node.flags & 4) !== 0) words.push("array");
  if (hasText(node)) words.push(JSON.stringify(node.text));
  return [indent + words.join(" "), ...node.children.flatMap((child) => printNode(child, `${indent}  `))];
}

/** Whether the text says more than the children do. */
function hasText(node: ShellNode): boolean {
  switch (node.kind) {
    case "text":
    case "glob":
    case "tilde":
    case "variable":
    case "assign":
    case "function":
    case "for":
    case "hereDocument":
      return true;
    default:
      return false;
  }
}

function printDescriptor(descriptor: number): string {
  if (descriptor === 0xffffffff) return "";
  return descriptor === 0xfffffffe ? "{}" : String(descriptor);
}
