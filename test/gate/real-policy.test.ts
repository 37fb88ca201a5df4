// The gate with the runtime and the ready-made policy for coding agents: the parts fit together.

import { readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { join, posix } from "node:path";
import { fileURLToPath } from "node:url";
import { beforeAll, describe, expect, test } from "vitest";
import { checkPolicy } from "../../compiler/check-policy.ts";
import { loadLibrary } from "../../compiler/library.ts";
import { compileWasm } from "../../compiler/wasm/compile.ts";
import { approve, listPending } from "../../gate/approvals.ts";
import { installPolicy } from "../../gate/gate.ts";
import { runHook } from "../../gate/harnesses/claude-hook.ts";
import { createInstallation, installationAt } from "../../gate/installation.ts";
import { readEntries, verifyLedger } from "../../gate/verify-ledger.ts";
import { load } from "../../runtime/index.ts";
import { folder, giveKey, passphrase, scratch, writeState } from "./helper.ts";

let wasm: Uint8Array = new Uint8Array();
beforeAll(() => {
  const policies = fileURLToPath(new URL("../../policies", import.meta.url));
  const source = (name: string) => ({ name, text: readFileSync(join(policies, name), "utf8") });
  const { value, diagnostics } = checkPolicy({
    entry: source("agent.pawl"),
    resolve: (specifier, from) => source(posix.join(posix.dirname(from), specifier)),
    library: loadLibrary(),
  });
  if (value === null) throw new Error(JSON.stringify(diagnostics));
  wasm = compileWasm(value);
}, 60_000);

function setting() {
  const directory = scratch();
  const installation = installationAt(join(directory, ".pawl"));
  createInstallation(installation);
  installPolicy(installation, wasm, load);
  const cwd = folder(directory, "project");
  const call = (tool_name: string, tool_input: object) => {
    const input = { session_id: "abc", cwd, hook_event_name: "PreToolUse", tool_name, tool_input };
    const env = { PAWL_HOME: installation.home, CLAUDE_PROJECT_DIR: cwd, HOME: directory };
    const { stdout } = runHook(Buffer.from(JSON.stringify(input)), env, load);
    if (stdout === "") return "silent";
    // The harness's own form.
    const answer = JSON.parse(stdout) as {
      hookSpecificOutput: { permissionDecision: string; permissionDecisionReason: string };
    };
    expect(answer.hookSpecificOutput.permissionDecision).toBe("deny");
    return answer.hookSpecificOutput.permissionDecisionReason;
  };
  return { cwd, installation, call, bash: (command: string) => call("Bash", { command }) };
}

describe("the hook with the agents' policy", () => {
  test("is silent about ordinary work", () => {
    const { call, bash, cwd } = setting();
    writeFileSync(join(cwd, "a.ts"), "x");
    for (const command of [
      "ls -la",
      "git status",
      "echo hello",
      "terraform plan",
      'echo "terraform destroy"',
      "npm test",
    ]) {
      expect([command, bash(command)]).toEqual([command, "silent"]);
    }
    expect(call("Read", { file_path: join(cwd, "a.ts") })).toBe("silent");
    expect(call("Edit", { file_path: join(cwd, "a.ts"), old_string: "x", new_string: "y" })).toBe("silent");
  });

  test("stops a destroy, names what it would take, and lets it through once when a human agrees", () => {
    const { bash, cwd, installation } = setting();
    giveKey(installation);
    writeState(cwd, { aws_instance: 3, aws_vpc: 1, aws_subnet: 2, aws_db_instance: 1, aws_s3_bucket: 2 });
    const reason = bash("terraform destroy -auto-approve");
    expect(reason).toContain("5 resource types: aws_instance (3), aws_s3_bucket (2), aws_subnet (2)");
    expect(reason).toContain("None of this call ran");
    const [pending] = listPending(installation);
    if (pending === undefined) throw new Error("no request waits");
    approve(installation, pending, passphrase);
    expect(bash("terraform destroy")).not.toBe("silent");
    expect(bash("terraform destroy -auto-approve")).toBe("silent");
    expect(bash("terraform destroy -auto-approve")).not.toBe("silent");
    expect(verifyLedger(installation).ok).toBe(true);
    expect([...readEntries(installation)].filter(({ kind }) => kind === "spent")).toHaveLength(1);
  });

  test("reads the script that a command would run", () => {
    const { bash, cwd } = setting();
    writeFileSync(join(cwd, "good.sh"), "echo hello\n");
    writeFileSync(join(cwd, "bad.sh"), "cd infra && terraform destroy\n");
    expect(bash("bash good.sh")).toBe("silent");
    expect(bash("bash bad.sh")).toContain("destroy");
  });

  test("forbids what would take the gate away", () => {
    const { call, bash, installation } = setting();
    for (const command of ["pawl approve 00000000", "pawl session end x", "pawl hook remove claude"]) {
      expect(bash(command)).toContain("the policy forbids it");
    }
    expect(call("Write", { file_path: join(installation.home, "policy.wasm"), content: "" })).not.toBe("silent");
  });

  test("follows a link that leads out of the workspace", () => {
    const { call, cwd } = setting();
    symlinkSync("/etc", join(cwd, "out"));
    expect(call("Bash", { command: "rm -rf out/" })).not.toBe("silent");
  });
});
