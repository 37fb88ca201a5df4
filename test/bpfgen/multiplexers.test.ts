// i386's `socketcall` and `ipc`: the call behind them is a number in memory, so they fail as soon as one is restricted.

import { expect, test } from "vitest";
import { ALLOW, errnoAction, NO_SUCH_CALL } from "../../bpfgen/seccomp/action.ts";
import { decide } from "../../bpfgen/seccomp/decide.ts";
import { resolveFilter } from "../../bpfgen/seccomp/rules.ts";
import { AUDIT_ARCHS, callNumber } from "../../bpfgen/syscalls/calls.ts";

test.each([
  ["socket", "socketcall"],
  // i386 has no number of its own for these.
  ["accept", "socketcall"],
  ["semop", "ipc"],
  ["semtimedop", "ipc"],
  ["shmat", "ipc"],
])("denying `%s` fails `%s`, and nothing else behind a number", (call, multiplexer) => {
  const rules = [{ call, conditions: [], action: errnoAction(1) }];
  const filter = resolveFilter({ rules, default: ALLOW, future: null, compat: "filter" }, "x86_64");
  const answer = (name: string): unknown => {
    const number = callNumber("i386", name) ?? Number.NaN;
    return decide(filter, { number, arch: AUDIT_ARCHS.i386, instructionPointer: 0n, args: [0n, 0n, 0n, 0n, 0n, 0n] });
  };
  expect(answer(multiplexer)).toEqual(NO_SUCH_CALL);
  expect(answer(multiplexer === "ipc" ? "socketcall" : "ipc")).toEqual(ALLOW);
});
