import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { chmodSync, copyFileSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, describe, expect, test } from "vitest";
import { approve, listPending } from "../../gate/approvals.ts";
import { bundle, folder, install, passphrase, scratch, writeState, giveKey } from "./helper.ts";

let program = "";
beforeAll(async () => {
  program = await bundle("programs/exec.ts");
});

interface Setting {
  readonly directory: string;
  readonly installation: ReturnType<typeof install>;
  readonly exec: (
    kind: "argv" | "shell",
    words: readonly string[],
    env?: Readonly<Record<string, string>>,
  ) => { status: number | null; stdout: string; stderr: string };
}

function setting(): Setting {
  const directory = scratch();
  const installation = install(directory);
  const bin = folder(directory, "bin");
  const exec: Setting["exec"] = (kind, words, env = {}) =>
    spawnSync(process.execPath, [program, installation.home, kind, ...words], {
      cwd: directory,
      env: { PATH: `${bin}:/usr/bin:/bin`, ...env },
      encoding: "utf8",
    });
  return { directory, installation, exec };
}

function writeProgram(path: string, script: string): void {
  writeFileSync(path, `#!/bin/sh\n${script}\n`);
  chmodSync(path, 0o755);
}

describe("exec", () => {
  test("runs the argument list as it is, never a joined string", () => {
    const { exec } = setting();
    expect(exec("argv", ["printf", "%s|", "a b", "$(id)", "; ls", ""])).toMatchObject({
      status: 0,
      stdout: "a b|$(id)|; ls||",
    });
  });

  test("runs a text by the shell", () => {
    expect(setting().exec("shell", ["echo $((1 + 1)); exit 5"])).toMatchObject({ status: 5, stdout: "2\n" });
  });

  test("ends as the child ends", () => {
    const { exec } = setting();
    expect(exec("argv", ["false"]).status).toBe(1);
    expect(exec("shell", ["kill -TERM $$"]).status).toBe(128 + 15);
    expect(exec("shell", ["kill -KILL $$"]).status).toBe(128 + 9);
  });

  test("gives the child the environment that was judged, and the session", () => {
    const { exec } = setting();
    expect(exec("shell", ['echo "$A $PAWL_SESSION"'], { A: "b" }).stdout).toBe("b exec\n");
    expect(exec("shell", ['echo "$PAWL_SESSION"'], { PAWL_SESSION: "parent" }).stdout).toBe("parent\n");
  });

  test("ends with 78 when it is denied, and nothing runs", () => {
    const { exec, directory } = setting();
    const { status, stderr } = exec("shell", ["touch forbidden"]);
    expect(status).toBe(78);
    expect(stderr).toContain("None of this call ran");
    expect(spawnSync("ls", { cwd: directory, encoding: "utf8" }).stdout).not.toContain("forbidden");
  });

  test("ends with 77 when it waits, says what would be lost, and runs once when a human agrees", () => {
    const { exec, directory, installation } = setting();
    giveKey(installation);
    writeState(directory, { aws_instance: 3, aws_vpc: 1 });
    writeProgram(join(directory, "bin", "terraform"), 'echo "ran $*" >>ran; echo destroyed');
    const first = exec("argv", ["terraform", "destroy"]);
    expect(first.status).toBe(77);
    expect(first.stderr).toContain("targets 2 resource types: aws_instance (3), aws_vpc (1)");
    const [pending] = listPending(installation);
    if (pending === undefined) throw new Error("no request waits");
    expect(first.stderr).toContain(`pawl approve ${pending.id}`);
    approve(installation, pending, passphrase);
    expect(exec("argv", ["terraform", "destroy"])).toMatchObject({ status: 0, stdout: "destroyed\n" });
    expect(exec("argv", ["terraform", "destroy"]).status).toBe(77);
    expect(readFileSync(join(directory, "ran"), "utf8")).toBe("ran destroy\n");
  });

  test("ends with 79 when the gate fails, and nothing runs", () => {
    const { exec, directory, installation } = setting();
    rmSync(installation.entries);
    writeFileSync(installation.entries, "not a ledger\n", { mode: 0o600 });
    const { status, stderr } = exec("shell", ["touch ran"]);
    expect(status).toBe(79);
    expect(stderr).toMatch(/cannot be judged[\s\S]*None of this call ran[\s\S]*What to do/);
    expect(spawnSync("ls", { cwd: directory, encoding: "utf8" }).stdout).not.toContain("ran");
  });

  test("judges a program by the file that a link leads to, and by the link's own name", () => {
    const { exec, directory } = setting();
    writeProgram(join(directory, "bin", "destroyer"), "exit 0");
    symlinkSync(join(directory, "bin", "destroyer"), join(directory, "bin", "harmless"));
    expect(exec("argv", ["harmless"]).status).toBe(77);
    writeProgram(join(directory, "bin", "plain"), "exit 0");
    symlinkSync(join(directory, "bin", "plain"), join(directory, "bin", "destroy-all"));
    expect(exec("argv", ["destroy-all"]).status).toBe(77);
    expect(exec("argv", ["plain"]).status).toBe(0);
  });

  test("keeps the name that a program is called by", () => {
    const { exec, directory } = setting();
    copyFileSync("/bin/sh", join(directory, "bin", "shell"));
    expect(exec("argv", ["shell", "-c", "echo $0"]).stdout).toBe("shell\n");
  });

  test("says when there is no such program, as shells do", () => {
    const { exec, directory } = setting();
    expect(exec("argv", ["not-there"])).toMatchObject({ status: 127 });
    expect(exec("argv", ["./none"])).toMatchObject({ status: 127 });
    expect(exec("argv", [""])).toMatchObject({ status: 127 });
    writeFileSync(join(directory, "data"), "x");
    expect(exec("argv", ["./data"])).toMatchObject({ status: 126 });
    expect(exec("argv", [directory])).toMatchObject({ status: 126 });
  });

  test("passes signals on to the child", async () => {
    const { installation, directory } = setting();
    const text = "trap 'echo told; exit 3' TERM; echo ready; while :; do sleep 0.05; done";
    const child = spawn(process.execPath, [program, installation.home, "shell", text], {
      cwd: directory,
      stdio: ["ignore", "pipe", "inherit"],
    });
    let heard = "";
    child.stdout.setEncoding("utf8").on("data", (chunk: string) => {
      heard += chunk;
      if (heard === "ready\n") child.kill("SIGTERM");
    });
    const [status] = await once(child, "close");
    expect([status, heard]).toEqual([3, "ready\ntold\n"]);
  });
});
