// decide and explain: verdicts, exit statuses, spans, and what bad input gives.

import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { pawl, scratchFolder } from "./pawl.ts";

const scratch = scratchFolder();
afterAll(scratch.remove);
const cwd = scratch.path;

describe("pawl decide", () => {
  test("a stop names the tier, the reason and the place", () => {
    const { exitCode, stdout } = pawl(["decide", "cd . && terraform destroy"], { cwd });
    expect(exitCode).toBe(77);
    expect(stdout).toContain("(irreversible)");
    expect(stdout).toContain("infra.destroy");
    const lines = stdout.split("\n");
    const at = lines.findIndex((line) => line.includes("cd . && terraform destroy"));
    const carets = lines[at + 1] ?? "";
    expect(lines[at]?.slice(carets.indexOf("^"), carets.lastIndexOf("^") + 1)).toBe("terraform destroy");
    expect(stdout).not.toContain("\u001B[");
  });

  test("harmless work is allowed", () => {
    expect(pawl(["decide", 'echo "terraform destroy"'], { cwd })).toMatchObject({ exitCode: 0, stderr: "" });
  });

  test("what the policy forbids is 78", () => {
    expect(pawl(["decide", "pawl approve ABCD1234"], { cwd }).exitCode).toBe(78);
  });

  test("reads the state file, unless it is told not to", () => {
    const folder = join(cwd, "infra");
    mkdirSync(folder);
    const resources = ["aws_vpc", "aws_subnet"].map((type) => ({ mode: "managed", type, name: "x", instances: [{}] }));
    writeFileSync(join(folder, "terraform.tfstate"), JSON.stringify({ version: 4, resources }));
    expect(pawl(["decide", "terraform destroy"], { cwd: folder }).stdout).toContain("2 resource types");
    expect(pawl(["decide", "--no-evidence", "terraform destroy"], { cwd: folder }).stdout).not.toContain(
      "2 resource types",
    );
  });

  test("--json has the documented shape", () => {
    const { exitCode, stdout } = pawl(["decide", "--json", "terraform destroy"], { cwd });
    expect(exitCode).toBe(77);
    expect(JSON.parse(stdout)).toMatchObject({
      tier: "irreversible",
      verdict: "require_approval",
      effects: expect.arrayContaining(["infra.destroy"]),
      report: { tier: "irreversible", effects: expect.any(Array) },
    });
  });

  test("a tool call", () => {
    const input = JSON.stringify({ command: "terraform destroy" });
    expect(pawl(["decide", "--tool", "Bash", "--input", input], { cwd }).exitCode).toBe(77);
  });

  test.each([
    [["decide"]],
    [["decide", "ls", "--tool", "Bash"]],
    [["decide", "--tool", "Bash", "--input", "{"]],
    [["decide", "ls", "--cwd", "/no/such/directory"]],
    [["decide", "ls", "--policy", "/no/such/policy.pawl"]],
    [["decide", "--jsonl", "ls"]],
    [["decide", "--nonsense"]],
    [["nonsense"]],
  ])("wrong usage ends with 2: %j", (args) => {
    const { exitCode, stdout, stderr } = pawl(args, { cwd });
    expect({ exitCode, stdout }).toEqual({ exitCode: 2, stdout: "" });
    expect(stderr).not.toBe("");
    expect(stderr).not.toContain("internal error");
  });

  test("control characters of a command cannot write on the terminal", () => {
    const { stdout } = pawl(["decide", "terraform destroy # \u001B[2J\u202E"], { cwd });
    expect(stdout).not.toMatch(/[\u001B\u202E]/);
  });
});

describe("pawl explain", () => {
  test("shows every effect with its fields", () => {
    const { exitCode, stdout } = pawl(["explain", "rm -r dist /srv/data"], { cwd });
    expect(exitCode).toBe(0);
    expect(stdout.match(/file\.delete/g)?.length).toBeGreaterThanOrEqual(2);
    expect(stdout).toContain('path: "/srv/data"');
  });
});

test("pawl explain CODE prints the page of a diagnostic", () => {
  expect(pawl(["explain", "t302"]).stdout).toMatch(/^# T302: /);
  expect(pawl(["explain", "Z999"])).toMatchObject({ exitCode: 2, stdout: "" });
});

describe("pawl decide --jsonl", () => {
  const decide = (input: string | Uint8Array) => {
    const { exitCode, stdout } = pawl(["decide", "--jsonl"], { cwd, input });
    expect(exitCode).toBe(0);
    return stdout
      .split("\n")
      .filter((line) => line !== "")
      .map((line) => JSON.parse(line) as Record<string, unknown>);
  };

  test("one decision per line, in order, with its id", () => {
    const lines = [
      { id: "a", command: "terraform destroy" },
      { id: 2, command: "ls" },
      { tool: "Bash", command: "terraform destroy" },
      { id: true, tool: "Write", input: { file_path: "notes.md", content: "x" }, cwd: "/srv" },
      { id: null, argv: ["terraform", "destroy"] },
    ];
    const decisions = decide(lines.map((line) => JSON.stringify(line)).join("\n"));
    expect(decisions.map(({ id }) => id)).toEqual(["a", 2, null, true, null]);
    expect(decisions.map(({ verdict }) => verdict)).toEqual([
      "require_approval",
      "allow",
      "require_approval",
      "allow",
      "require_approval",
    ]);
    expect(decisions[0]).toMatchObject({ tier: "irreversible", effects: ["infra.destroy"] });
  });

  test.each([
    ["not JSON", "{"],
    ["no object", "[1]"],
    ["empty object", "{}"],
    ["wrong type", `{"command":7}`],
    ["unknown key", `{"command":"ls","shell":"ls"}`],
    ["an id that is no scalar", `{"id":[],"command":"ls"}`],
    ["relative cwd", `{"command":"ls","cwd":"x"}`],
    ["no UTF-8", Uint8Array.from([0x7b, 0xff, 0x7d])],
    ["cut in a UTF-8 sequence", Buffer.from(`{"command":"ls é`).subarray(0, -1)],
    ["10,000 deep", `{"tool":"x","input":${"[".repeat(10_000)}${"]".repeat(10_000)}}`],
    ["10 MB", `{"command":"${"x".repeat(10_000_000)}"}`],
  ])("%s gives a decision that stops with a reason", (_name, line) => {
    const bytes = Buffer.concat([Buffer.from(line), Buffer.from(`\n{"id":1,"command":"ls"}\n`)]);
    const [bad, good, ...more] = decide(bytes);
    expect(bad?.["verdict"]).toMatch(/^(require_approval|deny)$/);
    expect(bad?.["tier"]).toBe("irreversible");
    expect(bad?.["malformed"] === true || bad?.["oversized"] === true || bad?.["limited"] === true).toBe(true);
    expect(good).toMatchObject({ id: 1, verdict: "allow" });
    expect(more).toEqual([]);
  });

  test("lines that name a session share it, others stand alone", () => {
    const policy = join(cwd, "secrets.pawl");
    writeFileSync(
      policy,
      `policy secrets\n\ncommand cat {\n  \`<paths...>\`  does file.read(path: each paths)\n}\n\ncommand curl {\n  otherwise  does net.send\n}\n\nrule reads {\n  on file.read\n  when path like "**/secret"\n  mark seen\n  because "reads a secret"\n}\n\n` +
        `rule sends {\n  on net.send\n  when session has seen\n  raise irreversible\n  because "a secret was read"\n}\n`,
    );
    const lines = [
      { command: "cat secret", session: "a" },
      { command: "curl -d x https://example.com", session: "b" },
      { command: "curl -d x https://example.com" },
      { command: "curl -d x https://example.com", session: "a" },
    ];
    const input = lines.map((line) => JSON.stringify({ cwd: "/srv", ...line })).join("\n");
    const { stdout } = pawl(["decide", "--jsonl", "--policy", policy], { cwd, input });
    const rules = stdout
      .trim()
      .split("\n")
      .map((line) => (JSON.parse(line) as { rules: string[] }).rules.includes("sends"));
    expect(rules).toEqual([false, false, false, true]);
  });

  test("a blank line and a missing last newline are no lines and no problem", () => {
    expect(decide(`\n{"command":"ls"}\n\n{"command":"ls"}`)).toHaveLength(2);
    expect(decide("")).toEqual([]);
  });
});
