// What a filter can answer, in the kernel's own words (linux/seccomp.h).

import { ERRNOS } from "../syscalls/tables/errnos.ts";
import { errnoName } from "../syscalls/constants.ts";

/** SECCOMP_RET_*. `data` of trap and trace goes to the signal or the tracer. */
export type Action =
  | { readonly kind: "kill_process" }
  | { readonly kind: "kill_thread" }
  | { readonly kind: "trap"; readonly data: number }
  | { readonly kind: "errno"; readonly errno: number }
  | { readonly kind: "user_notif" }
  | { readonly kind: "trace"; readonly data: number }
  | { readonly kind: "log" }
  | { readonly kind: "allow" };

export const ALLOW: Action = { kind: "allow" };
export const LOG: Action = { kind: "log" };
export const KILL_PROCESS: Action = { kind: "kill_process" };
export const KILL_THREAD: Action = { kind: "kill_thread" };
export const errnoAction = (errno: number): Action => ({ kind: "errno", errno });
/** What a caller takes for "this kernel does not have the call", and goes on without it. */
export const NO_SUCH_CALL: Action = errnoAction(ERRNOS.ENOSYS ?? 38);

/** The greatest number that the kernel passes on; MAX_ERRNO in linux/err.h. */
export const ERRNO_MAX = 4095;

const CODES: Readonly<Record<Action["kind"], number>> = {
  kill_process: 0x80000000,
  kill_thread: 0x00000000,
  trap: 0x00030000,
  errno: 0x00050000,
  user_notif: 0x7fc00000,
  trace: 0x7ff00000,
  log: 0x7ffc0000,
  allow: 0x7fff0000,
};

/** From the strictest to the laxest: of several filters' answers the kernel takes the first in this order. */
const STRICTNESS: readonly Action["kind"][] = [
  "kill_process",
  "kill_thread",
  "trap",
  "errno",
  "user_notif",
  "trace",
  "log",
  "allow",
];

/** 0 for the strictest; smaller is stricter. */
export function laxity(action: Action): number {
  return STRICTNESS.indexOf(action.kind);
}

/** The call does not run, or only if somebody outside says so. */
export function blocks(action: Action): boolean {
  return action.kind !== "allow" && action.kind !== "log";
}

/** The filter's 32-bit return value. */
export function encodeAction(action: Action): number {
  const data =
    action.kind === "errno" ? action.errno : action.kind === "trap" || action.kind === "trace" ? action.data : 0;
  return (CODES[action.kind] | (data & 0xffff)) >>> 0;
}

/** What the kernel does on a return value; an action that it does not know kills the process. */
export function decodeAction(value: number): Action {
  const code = (value & 0xffff0000) >>> 0;
  const data = value & 0xffff;
  for (const kind of STRICTNESS) {
    if (CODES[kind] !== code) continue;
    if (kind === "errno") return errnoAction(Math.min(data, ERRNO_MAX));
    if (kind === "trap" || kind === "trace") return { kind, data };
    return { kind };
  }
  return KILL_PROCESS;
}

export function sameAction(left: Action, right: Action): boolean {
  return encodeAction(left) === encodeAction(right);
}

/**
 * The answer when two rules of one filter match: the stricter one. Of two errors ENOSYS wins, since
 * it sends the caller to a call that can be told apart; else the smaller number. Order never matters.
 */
export function joinActions(left: Action, right: Action): Action {
  if (laxity(left) !== laxity(right)) return laxity(left) < laxity(right) ? left : right;
  const preference = (action: Action): number => (sameAction(action, NO_SUCH_CALL) ? -1 : encodeAction(action));
  return preference(left) <= preference(right) ? left : right;
}

/** The kernel's answer when several filters are installed: `newer` was installed later, and wins a tie. */
export function stackActions(newer: Action, older: Action): Action {
  return laxity(newer) <= laxity(older) ? newer : older;
}

/** `errno EPERM`, `allow`, …: for people. */
export function printAction(action: Action): string {
  switch (action.kind) {
    case "errno":
      return action.errno === 0
        ? "errno 0 (the caller sees success)"
        : `errno ${errnoName(action.errno) ?? action.errno}`;
    case "trap":
    case "trace":
      return action.data === 0 ? action.kind : `${action.kind} ${action.data}`;
    case "kill_process":
    case "kill_thread":
    case "user_notif":
    case "log":
    case "allow":
      return action.kind;
  }
}
