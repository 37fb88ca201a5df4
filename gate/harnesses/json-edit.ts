// Edits of JSON text that leave everything else as it stands, byte for byte.
//
// The text must be valid JSON (`JSON.parse` has read it); the scanner only finds where things are.

export type JsonNode = JsonObject | JsonArray | JsonScalar;

interface Place {
  /** Half-open range in the text, UTF-16 units. */
  readonly start: number;
  readonly end: number;
}

export interface JsonObject extends Place {
  readonly kind: "object";
  readonly members: readonly JsonMember[];
}

export interface JsonMember extends Place {
  readonly key: string;
  readonly value: JsonNode;
}

export interface JsonArray extends Place {
  readonly kind: "array";
  readonly items: readonly JsonNode[];
}

export interface JsonScalar extends Place {
  readonly kind: "scalar";
}

/** Where each part of a valid JSON text stands, or null when it nests too deep. */
export function scanJson(text: string): JsonNode | null {
  const depthMax = 200;
  let at = 0;
  const skipBlanks = () => {
    while (/\s/.test(text.charAt(at))) at++;
  };
  const scan = (depth: number): JsonNode | null => {
    if (depthMax < depth) return null;
    skipBlanks();
    const start = at;
    const first = text.charAt(at);
    if (first === "{") {
      const members = scanList("}", () => {
        const memberStart = at;
        skipString();
        // The text between the quotes is a valid JSON string.
        const key = JSON.parse(text.slice(memberStart, at)) as string;
        skipBlanks();
        at++;
        const value = scan(depth + 1);
        return value === null ? null : { key, value, start: memberStart, end: value.end };
      });
      return members === null ? null : { kind: "object", start, end: at, members };
    }
    if (first === "[") {
      const items = scanList("]", () => scan(depth + 1));
      return items === null ? null : { kind: "array", start, end: at, items };
    }
    if (first === '"') skipString();
    else while (at < text.length && !/[\s,\]}]/.test(text.charAt(at))) at++;
    return { kind: "scalar", start, end: at };
  };
  const scanList = <Item>(close: string, scanItem: () => Item | null): Item[] | null => {
    const items: Item[] = [];
    at++;
    for (;;) {
      skipBlanks();
      const next = text.charAt(at);
      if (next === close || next === "") break;
      if (next === ",") at++;
      skipBlanks();
      const item = scanItem();
      if (item === null) return null;
      items.push(item);
    }
    at++;
    return items;
  };
  const skipString = () => {
    at++;
    while (at < text.length && text.charAt(at) !== '"') at += text.charAt(at) === "\\" ? 2 : 1;
    at++;
  };
  return scan(0);
}

/** Adds the text of a member or an item at the end of an object or an array, indented as its neighbours are. */
export function appendTo(text: string, container: JsonObject | JsonArray, added: string): string {
  const children = container.kind === "object" ? container.members : container.items;
  const last = children.at(-1);
  const outer = indentAt(text, container.start);
  if (last === undefined) {
    const inner = `${outer}${indentUnit(text)}`;
    return `${text.slice(0, container.start + 1)}\n${indentLines(added, inner)}\n${outer}${text.slice(container.end - 1)}`;
  }
  const lineStart = text.lastIndexOf("\n", last.start) + 1;
  const isOwnLine = text.slice(lineStart, last.start).trim() === "" && container.start < lineStart;
  const gap = isOwnLine
    ? `,\n${indentLines(added, text.slice(lineStart, last.start))}`
    : `, ${added.replaceAll(/\n\s*/g, " ")}`;
  return `${text.slice(0, last.end)}${gap}${text.slice(last.end)}`;
}

/** Takes a member or an item out, with the comma and the blanks that belong to it. */
export function removeFrom(text: string, container: JsonObject | JsonArray, index: number): string {
  const children: readonly Place[] = container.kind === "object" ? container.members : container.items;
  const [before, child, after] = [children[index - 1], children[index], children[index + 1]];
  if (child === undefined) return text;
  if (before !== undefined) return text.slice(0, before.end) + text.slice(child.end);
  if (after !== undefined) return text.slice(0, child.start) + text.slice(after.start);
  return text.slice(0, container.start + 1) + text.slice(container.end - 1);
}

function indentAt(text: string, position: number): string {
  const lineStart = text.lastIndexOf("\n", position - 1) + 1;
  return /^[ \t]*/.exec(text.slice(lineStart, position))?.[0] ?? "";
}

/** What one level is indented by: that of the first indented line, two blanks when there is none. */
function indentUnit(text: string): string {
  return /\n([ \t]+)\S/.exec(text)?.[1] ?? "  ";
}

function indentLines(text: string, indent: string): string {
  return text
    .split("\n")
    .map((line) => indent + line)
    .join("\n");
}
