// A glob matcher that tries everything, to compare automata with. It follows the table in compiler/automata/parse-glob.ts.

export function naiveGlob(glob: string, text: string): boolean {
  return alternatives([...glob]).some((plain) => match(plain, 0, [...text], 0));
}

/** An element of a glob without braces: a character, or one of the special forms. */
type Element =
  | string
  | { readonly run: "segment" | "any" | "folders" }
  | { readonly one: (character: string) => boolean };

function match(glob: readonly Element[], at: number, text: readonly string[], from: number): boolean {
  const element = glob[at];
  if (element === undefined) return from === text.length;
  if (typeof element === "string") return text[from] === element && match(glob, at + 1, text, from + 1);
  if ("one" in element) {
    const character = text[from];
    return character !== undefined && element.one(character) && match(glob, at + 1, text, from + 1);
  }
  for (let end = from; end <= text.length; end += 1) {
    const run = text.slice(from, end);
    if (element.run === "segment" && run.includes("/")) break;
    if (element.run === "folders" && run.length !== 0 && run.at(-1) !== "/") continue;
    if (match(glob, at + 1, text, end)) return true;
  }
  return false;
}

/** Every glob without braces that this one stands for, in elements. */
function alternatives(points: readonly string[]): Element[][] {
  let found: Element[][] = [[]];
  const add = (element: Element): void => {
    found = found.map((one) => [...one, element]);
  };
  for (let at = 0; at < points.length;) {
    const rest = points.slice(at).join("");
    const fresh = at === 0 || points[at - 1] === "/";
    const stars = /^\*+/.exec(rest)?.[0].length ?? 0;
    const bracket = /^\[([!^]?)((?:\\[^]|[^\\])(?:\\[^]|[^\]\\])*)\]/u.exec(rest);
    const braces = points[at] === "{" ? closeBraces(points, at) : null;
    if (stars === 1) {
      add({ run: "segment" });
      at += 1;
    } else if (stars > 1) {
      const folders = fresh && points[at + stars] === "/";
      add({ run: folders ? "folders" : "any" });
      at += stars + (folders ? 1 : 0);
    } else if (points[at] === "?") {
      add({ one: (character) => character !== "/" });
      at += 1;
    } else if (bracket !== null) {
      const set = new RegExp(
        `^[${bracket[1] === "" ? "" : "^"}${(bracket[2] ?? "").replace(/^\]/, "\\]").replace(/[[]/g, "\\[")}]$`,
        "u",
      );
      add({ one: (character) => character !== "/" && set.test(character) });
      at += [...bracket[0]].length;
    } else if (braces !== null && braces.parts.length > 1) {
      // What stands in braces is read as if it stood where they open.
      const choices = braces.parts.flatMap((part) =>
        alternatives(fresh ? part : ["\u{10ffff}", ...part]).map((one) => (fresh ? one : one.slice(1))),
      );
      found = found.flatMap((one) => choices.map((choice) => [...one, ...choice]));
      at = braces.end;
    } else {
      if (points[at] === "\\" && at + 1 < points.length) at += 1;
      add(points[at] ?? "");
      at += 1;
    }
  }
  return found;
}

function closeBraces(points: readonly string[], start: number): { parts: string[][]; end: number } | null {
  const parts: string[][] = [[]];
  let depth = 0;
  for (let at = start + 1; at < points.length; at += 1) {
    const point = points[at] ?? "";
    if (point === "\\") {
      parts.at(-1)?.push(point, points[at + 1] ?? "");
      at += 1;
    } else if (point === "}" && depth === 0) {
      return { parts, end: at + 1 };
    } else if (point === "," && depth === 0) {
      parts.push([]);
    } else {
      depth += point === "{" ? 1 : point === "}" ? -1 : 0;
      parts.at(-1)?.push(point);
    }
  }
  return null;
}
