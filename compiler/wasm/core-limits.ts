// The two limits of stdlib/core/limits.ts that a module tells its host; a test holds them together.

/** INPUT_MAX. */
export const INPUT_BYTES_MAX = 1 << 20;
/** SESSION_BYTES. */
export const SESSION_BYTES = 2048;
