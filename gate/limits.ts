// Every limit of the gate, with its reason.

/** A script read as evidence: what a reviewer could still read, and what the core's arena holds. */
export const scriptBytesMax = 64 * 1024;

/** A state or plan file read as evidence: the states of large organisations are some 10 MiB. */
export const stateBytesMax = 32 * 1024 * 1024;

/** Pieces of evidence for one action: each is a read before the action may run. */
export const evidenceItemsMax = 32;

/** Rounds of decide, read, decide: a script that runs a script that runs a script. */
export const evidenceRoundsMax = 3;

/** Resource types named in the summary of a state; the rest is counted. */
export const summaryTypesMax = 12;

/** A tool call on standard input; a longer one stops unread. */
export const hookInputBytesMax = 16 * 1024 * 1024;

/** An action that a human can be asked about; nobody reviews more, and it is stored as it stands. */
export const reviewedBytesMax = 256 * 1024;

/** Requests that wait at one time, so that an agent cannot bury one under others without bound. */
export const pendingMax = 200;

/** A request that nobody answered is forgotten after a day. */
export const pendingSeconds = 24 * 60 * 60;

/** A text in a ledger entry, in UTF-16 units; a longer one is cut, its digest stays. */
export const ledgerTextMax = 4 * 1024;

/** Items of a list in a ledger entry. */
export const ledgerItemsMax = 64;

/** The longest line of a ledger: appending reads no more than this to find the last one. */
export const ledgerLineBytesMax = 1024 * 1024;

/** Entries between two checkpoints of the ledger. */
export const checkpointEvery = 256;

/** Seconds to wait for the gate's lock: far beyond any decision, below the launcher's deadline. */
export const lockWaitSeconds = 10;

/** Seconds after which the launcher kills the hook and blocks the call; the harness itself waits longer. */
export const hookDeadlineSeconds = 20;

/** The harness's own limit for the hook, in seconds: longer than the launcher's, so that the launcher answers. */
export const hookTimeoutSeconds = 30;

/** A file of the gate itself (session, request, key): all of them are small. */
export const stateFileBytesMax = 4 * 1024 * 1024;

/** A compiled policy. */
export const policyBytesMax = 64 * 1024 * 1024;

/** Lines of one text that an approver sees; the rest is counted. */
export const shownLinesMax = 400;

/** The name of a session, in UTF-16 units: harnesses use UUIDs. */
export const sessionNameMax = 512;
