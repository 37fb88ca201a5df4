import { readFileSync, rmSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { approve, listPending } from "../../gate/approvals.ts";
import { answerCall } from "../../gate/harnesses/claude-hook.ts";
import { printDenial } from "../../gate/harnesses/claude-protocol.ts";
import type { Installation } from "../../gate/installation.ts";
import { listSessions } from "../../gate/sessions.ts";
import { readEntries } from "../../gate/verify-ledger.ts";
import { load } from "./fake-policy.ts";
import { folder, install, passphrase, scratch, giveKey } from "./helper.ts";

const call = {
  session_id: "abc",
  transcript_path: "/dev/null",
  cwd: "/",
  permission_mode: "default",
  hook_event_name: "PreToolUse",
  tool_name: "Bash",
  tool_input: { command: "ls", description: "List" },
};

function hook(installation: Installation, input: unknown, env: Readonly<Record<string, string>> = {}) {
  const bytes = input instanceof Uint8Array ? input : Buffer.from(JSON.stringify(input));
  return answerCall(bytes, { PAWL_HOME: installation.home, ...env }, load);
}

function bash(command: string, more: object = {}) {
  return { ...call, tool_input: { command }, ...more };
}

describe("a hook call", () => {
  test("passes in silence when there is no objection", () => {
    expect(hook(install(), call)).toEqual({ kind: "pass" });
  });

  test("stops what is irreversible and says how to approve, which works once", () => {
    const installation = install();
    giveKey(installation);
    const destroy = bash("terraform destroy");
    const answer = hook(installation, destroy);
    const [pending] = listPending(installation);
    if (pending === undefined) throw new Error("no request waits");
    expect(answer).toMatchObject({ kind: "stop", reason: expect.stringContaining(`pawl approve ${pending.id}`) });
    approve(installation, pending, passphrase);
    // Another description is the same action; another command is not.
    expect(hook(installation, bash("terraform destroy -target=x")).kind).toBe("stop");
    const reworded = {
      ...destroy,
      tool_input: { command: "terraform destroy", description: "Clean up", timeout: 5, run_in_background: true },
    };
    expect(hook(installation, reworded)).toEqual({ kind: "pass" });
    expect(hook(installation, destroy).kind).toBe("stop");
  });

  test("of a sub-agent counts in its parent's session", () => {
    const installation = install();
    hook(installation, bash("cat secret"));
    expect(hook(installation, bash("send", { agent_id: "sub-1", agent_type: "Explore" })).kind).toBe("stop");
    expect(hook(installation, bash("send", { session_id: "other" })).kind).toBe("pass");
    expect(listSessions(installation).map(({ session }) => session)).toEqual(["claude-code:abc", "claude-code:other"]);
  });

  test("of an agent that an agent's command started counts in that agent's session", () => {
    const installation = install();
    hook(installation, bash("cat secret"));
    expect(hook(installation, bash("send", { session_id: "inner" }), { PAWL_SESSION: "claude-code:abc" }).kind).toBe(
      "stop",
    );
  });

  test("takes the project's directory as the workspace, without links", () => {
    const directory = scratch();
    const installation = install(directory);
    symlinkSync(folder(directory, "project"), join(directory, "link"));
    hook(installation, call, { CLAUDE_PROJECT_DIR: join(directory, "link") });
    expect(listSessions(installation)[0]?.workspace).toBe(join(directory, "project"));
  });

  test("keeps input of unknown tools whole", () => {
    const installation = install();
    const answer = hook(installation, { ...call, tool_name: "mcp__x__y", tool_input: { description: "destroy" } });
    expect(answer.kind).toBe("stop");
    expect(listPending(installation)[0]?.subject.run).toEqual({
      kind: "tool",
      tool: "mcp__x__y",
      input: '{"description":"destroy"}',
    });
  });
});

describe("bad input stops with a reason:", () => {
  const nested = (depth: number) =>
    Buffer.from(
      JSON.stringify({ ...call, tool_input: { command: "DEEP" } }).replace(
        '"DEEP"',
        "[".repeat(depth) + "]".repeat(depth),
      ),
    );
  const whole = Buffer.from(JSON.stringify(bash("echo ü")));
  const cases: Readonly<Record<string, readonly [unknown, string]>> = {
    empty: [Buffer.alloc(0), "is empty"],
    blank: [Buffer.from(" \n"), "is not JSON"],
    "not JSON": [Buffer.from("terraform destroy"), "is not JSON"],
    "cut JSON": [whole.subarray(0, 40), "is not JSON"],
    "cut in the middle of a UTF-8 sequence": [whole.subarray(0, whole.indexOf(0xc3) + 1), "is not UTF-8"],
    "a list": [[], "is not a JSON object"],
    null: [null, "is not a JSON object"],
    "another event": [{ ...call, hook_event_name: "PostToolUse" }, "`hook_event_name`"],
    "no session": [{ ...call, session_id: undefined }, "`session_id`"],
    "a session of the wrong type": [{ ...call, session_id: 7 }, "`session_id`"],
    "a tool of the wrong type": [{ ...call, tool_name: ["Bash"] }, "`tool_name`"],
    "an input of the wrong type": [{ ...call, tool_input: "ls" }, "`tool_input`"],
    "no input": [{ ...call, tool_input: null }, "`tool_input`"],
    "a relative directory": [{ ...call, cwd: "x" }, "`cwd`"],
    "a directory that is not there": [{ ...call, cwd: "/not/there" }, "does not exist"],
    "10 MB": [bash("x".repeat(10_000_000)), "too long"],
    "20 MB": [bash("x".repeat(20_000_000)), "longer than"],
    "10,000 deep": [nested(10_000), "nests too deep"],
  };
  for (const [name, [input, reason]] of Object.entries(cases)) {
    test(name, () => {
      const installation = install();
      expect(hook(installation, input)).toMatchObject({
        kind: "stop",
        reason: expect.stringMatching(new RegExp(`${reason.replaceAll("`", ".")}[\\s\\S]*None of this call ran`)),
      });
      expect([...readEntries(installation)].at(-1)).toMatchObject({ kind: "decision", body: { outcome: "denied" } });
    });
  }
});

test("a gate that cannot open stops and says what to do", () => {
  const installation = install();
  rmSync(installation.policy);
  expect(hook(installation, call)).toMatchObject({
    kind: "stop",
    reason: expect.stringMatching(/policy is missing[\s\S]*pawl install/),
  });
  expect(answerCall(Buffer.from("{}"), {}, load)).toMatchObject({
    kind: "stop",
    reason: expect.stringContaining("PAWL_HOME"),
  });
});

test("a denial is the harness's answer in plain ASCII", () => {
  const printed = printDenial('nö\u2028 "x"\n\u{1f600}');
  expect(printed).toMatch(/^[ -~]*$/);
  expect(JSON.parse(printed)).toEqual({
    hookSpecificOutput: {
      hookEventName: "PreToolUse",
      permissionDecision: "deny",
      permissionDecisionReason: 'nö\u2028 "x"\n\u{1f600}',
    },
  });
});

test("a passed call is in the ledger with its tool", () => {
  const installation = install();
  hook(installation, call);
  expect(readFileSync(installation.entries, "utf8")).toContain('"action":"Bash {\\"command\\":\\"ls\\"}"');
});
