// Every size and count that the core bounds, with its reason. Passing one makes the rest unknown, and unknown is never safe.

/** Longest action in bytes: a Write of a large file is some hundred KiB; harnesses cut far below 1 MiB. */
export const INPUT_MAX: u32 = 1 << 20;
/** Longest shell text in bytes: Linux's own limit for one argument (MAX_ARG_STRLEN) is 128 KiB; agents send a few KiB. */
export const SCRIPT_MAX: u32 = 64 << 10;
/** Parser events for one decision, 16 bytes each: enough for 64 KiB of the densest text. */
export const EVENTS_MAX: u32 = 128 << 10;
/** Nesting of shell constructs, each scanned kind counted together. Real scripts stay below 10. */
export const SHELL_DEPTH_MAX: u32 = 40;
/** Nesting of JSON values; harnesses send below 10. */
export const JSON_DEPTH_MAX: u32 = 64;
/** JSON nodes in one action: the densest real inputs (batches of operations) have some thousands. */
export const JSON_NODES_MAX: u32 = 64 << 10;
/** Levels of `runs`: `sudo env timeout bash -c "ssh …"` is five. */
export const RUNS_DEPTH_MAX: u32 = 8;
/** Alternatives of one value. */
export const TEXTS_MAX: u32 = 8;
/** Words that one brace expansion may give. */
export const BRACES_MAX: u32 = 64;
/** Items of one argument list; longer lists are unknown. */
export const ITEMS_MAX: u32 = 4096;
/** Effects of one action; more is *any*. */
export const EFFECTS_MAX: u32 = 4096;
/** Files that one action is followed through; scripts write a handful. */
export const FILES_MAX: u32 = 64;
/** Longest single text that the core builds, in bytes. */
export const TEXT_MAX: u32 = 64 << 10;
/** Bytes of working memory for one decision: 1 MiB of decoded JSON, and 64 KiB of script at some 80 bytes a byte. */
export const HEAP_BYTES: u32 = 8 << 20;
/** The last bytes of it, in which an evaluation that ran out comes to its end. */
export const HEAP_RESERVE_BYTES: u32 = 2 << 20;
/** Longest report in bytes; a longer one is cut at an effect and says so. */
export const REPORT_MAX: u32 = 1 << 20;
/** Session bytes: 32 of head, marks as bits, counters of 4 bytes for up to 256 marks. */
export const SESSION_BYTES: u32 = 2048;
