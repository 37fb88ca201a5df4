// JSON (RFC 8259) without what readers take differently: a key that stands twice is an error, and whole numbers are exact.

/** A whole number without fraction and exponent is a bigint. */
export type Json = null | boolean | string | bigint | number | readonly Json[] | JsonObject;

export type JsonObject = ReadonlyMap<string, Json>;

/** The message says what is wrong, and where. */
export class NotJson extends Error {}

/** A profile has six levels. */
const DEPTH_MAX = 32;

const SPACE = /[ \t\n\r]*/y;
const STRING = /"(?:[^"\\\u0000-\u001f]|\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4}))*"/y;
const NUMBER = /-?(?:0|[1-9][0-9]*)(\.[0-9]+)?([eE][+-]?[0-9]+)?(?![0-9.])/y;
const WORD = /true|false|null/y;

/** Throws `NotJson`. */
export function parseJson(text: string): Json {
  let at = 0;
  const take = (pattern: RegExp): RegExpExecArray | null => {
    pattern.lastIndex = at;
    const match = pattern.exec(text);
    if (match !== null) at = pattern.lastIndex;
    return match;
  };
  const takeMark = (mark: string): boolean => {
    take(SPACE);
    if (text[at] !== mark) return false;
    at++;
    return true;
  };
  const expectMark = (mark: string): void => {
    if (!takeMark(mark)) fail(`\`${mark}\``);
  };
  const fail = (wanted: string): never => {
    throw new NotJson(
      at < text.length ? `${wanted} is missing at character ${at}` : `it ends where ${wanted} is missing`,
    );
  };
  const string = (): string => {
    take(SPACE);
    const [literal] = take(STRING) ?? fail("a text");
    // A JSON string is what JSON.parse makes of it.
    return String(JSON.parse(literal ?? ""));
  };
  const object = (depth: number): JsonObject => {
    const fields = new Map<string, Json>();
    if (takeMark("}")) return fields;
    do {
      const key = string();
      if (fields.has(key))
        throw new NotJson(`\`${key}\` stands twice in one object, and readers disagree on which counts`);
      expectMark(":");
      fields.set(key, value(depth));
    } while (takeMark(","));
    expectMark("}");
    return fields;
  };
  const list = (depth: number): readonly Json[] => {
    const items: Json[] = [];
    if (takeMark("]")) return items;
    do items.push(value(depth));
    while (takeMark(","));
    expectMark("]");
    return items;
  };
  const value = (depth: number): Json => {
    if (DEPTH_MAX < depth) throw new NotJson(`it is nested more than ${DEPTH_MAX} deep`);
    if (takeMark("{")) return object(depth + 1);
    if (takeMark("[")) return list(depth + 1);
    if (text[at] === '"') return string();
    const word = take(WORD);
    if (word !== null) return word[0] === "null" ? null : word[0] === "true";
    const [number, fraction, exponent] = take(NUMBER) ?? fail("a value");
    if (number === undefined) return fail("a value");
    return fraction === undefined && exponent === undefined ? BigInt(number) : Number(number);
  };
  const whole = value(0);
  take(SPACE);
  if (at < text.length) throw new NotJson(`more stands behind it at character ${at}`);
  return whole;
}
