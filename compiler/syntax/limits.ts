// Bounds of the reader.

/** A policy is read by people; a megabyte is some 20,000 lines, seven seconds of parsing. */
export const SOURCE_CHARACTERS_MAX = 1 << 20;

/** Deeper brackets would let the recursive parser run out of stack; people stop at four. */
export const NESTING_DEPTH_MAX = 64;
