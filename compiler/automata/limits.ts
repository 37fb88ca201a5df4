// Sizes that bound the work of compiling one set of patterns.

/** States before minimising: a policy's largest honest sets have some thousands; `.*a.{20}` would have a million. */
export const DFA_STATES_MAX = 8_192;
/** States of the automaton with choices; `(x{1000}){1000}` must not fill the memory. */
export const NFA_STATES_MAX = 65_536;
/** The highest count in `{m,n}`: more is a sign of a mistake, and each repetition is a copy. */
export const REPEAT_MAX = 1_000;
/** Groups in groups and braces in braces: the parsers recurse. */
export const NESTING_MAX = 64;
