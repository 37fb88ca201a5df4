// Bytes by name, and what each byte means to a reader of shell text.

export const TAB: u32 = 0x09;
export const NEWLINE: u32 = 0x0a;
export const SPACE: u32 = 0x20;
export const BANG: u32 = 0x21; // !
export const DOUBLE_QUOTE: u32 = 0x22; // "
export const HASH: u32 = 0x23; // #
export const DOLLAR: u32 = 0x24; // $
export const PERCENT: u32 = 0x25; // %
export const AMPERSAND: u32 = 0x26; // &
export const SINGLE_QUOTE: u32 = 0x27; // '
export const OPEN_PAREN: u32 = 0x28; // (
export const CLOSE_PAREN: u32 = 0x29; // )
export const STAR: u32 = 0x2a; // *
export const PLUS: u32 = 0x2b; // +
export const COMMA: u32 = 0x2c; // ,
export const MINUS: u32 = 0x2d; // -
export const DOT: u32 = 0x2e; // .
export const SLASH: u32 = 0x2f; // /
export const ZERO: u32 = 0x30; // 0
export const COLON: u32 = 0x3a; // :
export const SEMICOLON: u32 = 0x3b; // ;
export const LESS: u32 = 0x3c; // <
export const EQUALS: u32 = 0x3d; // =
export const GREATER: u32 = 0x3e; // >
export const QUESTION: u32 = 0x3f; // ?
export const AT: u32 = 0x40; // @
export const OPEN_BRACKET: u32 = 0x5b; // [
export const BACKSLASH: u32 = 0x5c; // \
export const CLOSE_BRACKET: u32 = 0x5d; // ]
export const CARET: u32 = 0x5e; // ^
export const UNDERSCORE: u32 = 0x5f; // _
export const BACKQUOTE: u32 = 0x60; // `
export const OPEN_BRACE: u32 = 0x7b; // {
export const PIPE: u32 = 0x7c; // |
export const CLOSE_BRACE: u32 = 0x7d; // }
export const TILDE: u32 = 0x7e; // ~

/** May not be literal in a word. */
export const SPECIAL: u32 = 1;
/** Has a meaning inside `{…}` or `[…]` only. */
export const LATENT: u32 = 2;
/** Ends an unquoted word. */
export const BREAK: u32 = 4;
/** May stand in a name. */
export const NAME: u32 = 8;
/** May stand in a name, but not first. */
export const DIGIT: u32 = 16;

// The five bits above for each ASCII byte, 16 a line; a test compares them with their description.
// oxfmt-ignore
const CLASSES: usize = memory.data<u8>([
   0,  0,  0,  0,  0,  0,  0,  0,  0,  5,  5,  0,  0,  0,  0,  0,
   0,  0,  0,  0,  0,  0,  0,  0,  0,  0,  0,  0,  0,  0,  0,  0,
   5,  0,  1,  0,  1,  0,  5,  1,  5,  5,  1,  0,  2,  0,  2,  2,
  24, 24, 24, 24, 24, 24, 24, 24, 24, 24,  0,  5,  5,  0,  5,  1,
   0,  8,  8,  8,  8,  8,  8,  8,  8,  8,  8,  8,  8,  8,  8,  8,
   8,  8,  8,  8,  8,  8,  8,  8,  8,  8,  8,  1,  1,  2,  0,  8,
   1,  8,  8,  8,  8,  8,  8,  8,  8,  8,  8,  8,  8,  8,  8,  8,
   8,  8,  8,  8,  8,  8,  8,  8,  8,  8,  8,  1,  5,  2,  1,  0,
]);

/** The class bits of a byte; bytes of multi-byte characters have none. */
// @ts-ignore: decorator
@inline
export function classOf(byte: u32): u32 {
  return byte < 128 ? <u32>load<u8>(CLASSES + byte) : 0;
}

// @ts-ignore: decorator
@inline
export function isDigit(byte: u32): bool {
  return byte - ZERO < 10;
}

/** A letter or `_`. */
// @ts-ignore: decorator
@inline
export function isNameStart(byte: u32): bool {
  return (byte | 0x20) - 0x61 < 26 || byte == UNDERSCORE;
}

// @ts-ignore: decorator
@inline
export function isName(byte: u32): bool {
  return (classOf(byte) & NAME) != 0;
}

/** The value of a hexadecimal digit, or 16 and more for any other byte. */
export function hexValue(byte: u32): u32 {
  if (isDigit(byte)) return byte - ZERO;
  const letter = (byte | 0x20) - 0x61;
  return letter < 6 ? letter + 10 : 16;
}

/** Writes a character as UTF-8 (values past the last one in the old longer forms, as bash does); returns the end. */
export function writeUtf8(at: u32, character: u32): u32 {
  if (character < 0x80) {
    store<u8>(at, <u8>character);
    return at + 1;
  }
  if (character < 0x800) {
    store<u8>(at, <u8>(0xc0 | (character >> 6)));
    return writeContinuation(at + 1, character, 1);
  }
  if (character < 0x10000) {
    store<u8>(at, <u8>(0xe0 | (character >> 12)));
    return writeContinuation(at + 1, character, 2);
  }
  store<u8>(at, <u8>(0xf0 | ((character >> 18) & 7)));
  return writeContinuation(at + 1, character, 3);
}

function writeContinuation(at: u32, character: u32, count: u32): u32 {
  for (let left = count; left > 0; left--) {
    store<u8>(at++, <u8>(0x80 | ((character >> (6 * (left - 1))) & 0x3f)));
  }
  return at;
}

/** True when `length` bytes at both places are the same. */
export function sameBytes(left: u32, right: u32, length: u32): bool {
  return memory.compare(left, right, length) == 0;
}
