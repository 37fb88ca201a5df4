// The numbers that the shell parser puts into `aux` (stdlib/core/shell/events.ts).

/** Of a Redirect. */
export const READ = 0;
export const APPEND = 2;
export const READ_WRITE = 3;
export const APPEND_BOTH = 5;
export const HERE_STRING = 6;
export const DUPLICATE_IN = 7;
export const DUPLICATE_OUT = 8;

/** Of a Glob. */
export const DOUBLE_STAR = 4;

/** Of a Variable. */
export const PLAIN = 0;
export const ASSIGN = 3;
export const ASSIGN_EMPTY = 4;
export const ALTERNATE = 5;
export const ALTERNATE_EMPTY = 6;
export const ERROR = 7;
export const ERROR_EMPTY = 8;
export const LENGTH = 9;
export const INDIRECT = 10;
export const SUBSCRIPT = 12;

/** Of a Brace: too many alternatives to list. */
export const UNLISTED = 1;
/** Of an AndOr: `||` is among its operators. */
export const HAS_OR_MASK = 1;
/** Of a For: there was an `in`. */
export const HAS_IN = 1;
/** Of a Process: `>( … )`. */
export const WRITES = 1;

/** In `flags` of an Assign. */
export const APPENDS = 2;
export const IS_ARRAY = 4;
