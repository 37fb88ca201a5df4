import { chmodSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { launchCommand, requireLaunchers, withFilter, type Launchers } from "../../gate/sandbox-launch.ts";
import { expectGateError, folder, scratch } from "./helper.ts";

/** `return allow`. */
const ALLOW = Uint8Array.from([0x06, 0, 0, 0, 0, 0, 0xff, 0x7f]);
const FILTER = { name: "box", filter: ALLOW, landlock: [], ownProcesses: false };
const LANDLOCK = { ...FILTER, landlock: ["--no-new-privs", "--landlock-access", "fs:remove-file"] };

const OLD: Launchers = { bubblewrap: "/usr/bin/bwrap", hasArgv0: false, bash: "/bin/bash", setpriv: null };
const BUBBLEWRAP = ["--dev-bind", "/", "/", "--die-with-parent", "--seccomp", "3"];

describe("the command", () => {
  test("puts bubblewrap around the program, with the filter on descriptor 3", () => {
    expect(launchCommand(FILTER, OLD, { path: "/usr/bin/rm", argv: ["rm", "-f", "--", "a b"] })).toEqual({
      file: "/usr/bin/bwrap",
      args: [...BUBBLEWRAP, "--", "/usr/bin/rm", "-f", "--", "a b"],
    });
  });

  test("puts setpriv inside, because who is under Landlock can mount nothing", () => {
    const launchers = { ...OLD, setpriv: "/usr/bin/setpriv" };
    expect(launchCommand(LANDLOCK, launchers, { path: "/usr/bin/rm", argv: ["rm", "a"] }).args).toEqual([
      ...BUBBLEWRAP,
      "--",
      "/usr/bin/setpriv",
      ...LANDLOCK.landlock,
      "--",
      "/usr/bin/rm",
      "a",
    ]);
  });

  test("gives a pid namespace and its /proc where looking into other processes is denied", () => {
    const { args } = launchCommand({ ...FILTER, ownProcesses: true }, OLD, { path: "/usr/bin/rm", argv: ["rm"] });
    expect(args.slice(0, 7)).toEqual(["--dev-bind", "/", "/", "--unshare-pid", "--proc", "/proc", "--die-with-parent"]);
  });

  test("keeps a name that differs from the file's", () => {
    const program = { path: "/usr/bin/busybox", argv: ["/bin/ls", "-l"] };
    expect(launchCommand(FILTER, OLD, program).args.slice(7)).toEqual([
      "/bin/bash",
      "-c",
      'exec -a "$0" "$@"',
      "/bin/ls",
      "/usr/bin/busybox",
      "-l",
    ]);
    expect(launchCommand(FILTER, { ...OLD, hasArgv0: true }, program).args.slice(6)).toEqual([
      "--argv0",
      "/bin/ls",
      "--",
      "/usr/bin/busybox",
      "-l",
    ]);
    expectGateError("missing", () => launchCommand(FILTER, { ...OLD, bash: null }, program));
  });
});

describe("the launchers", () => {
  test("a missing bubblewrap is an error that names the package", () => {
    expectGateError("missing", () => requireLaunchers(FILTER, [scratch()]));
    expect(() => requireLaunchers(FILTER, [scratch()])).toThrow(/needs bubblewrap.*install the package `bubblewrap`/s);
  });

  test("a setpriv without Landlock is an error, never less than the sandbox asks for", () => {
    const bin = programs({ bwrap: "echo bubblewrap 0.8.0", setpriv: "echo setpriv from util-linux 2.40.4", true: "" });
    expect(() => requireLaunchers(LANDLOCK, [bin])).toThrow(/util-linux 2\.41 is needed; .*setpriv is 2\.40;/s);
    expect(() => requireLaunchers(LANDLOCK, [programs({ bwrap: "", true: "" })])).toThrow(/there is none/);
    expect(requireLaunchers(FILTER, [bin]).setpriv).toBeNull();
  });

  test("a later setpriv is taken, and the version of bubblewrap is read", () => {
    const bin = programs({ bwrap: "echo bubblewrap 0.11.0", setpriv: "echo setpriv from util-linux 2.41", true: "" });
    expect(requireLaunchers(LANDLOCK, [bin])).toEqual({
      bubblewrap: join(bin, "bwrap"),
      hasArgv0: true,
      bash: null,
      setpriv: join(bin, "setpriv"),
    });
  });

  test("a bubblewrap that can start nothing is an error with its own words", () => {
    const bin = programs({ bwrap: "echo no namespaces for you >&2; exit 1", true: "" });
    expect(() => requireLaunchers(FILTER, [bin])).toThrow(/cannot start a program .*: no namespaces for you/);
  });
});

test("the descriptor gives the filter, from its start", () => {
  expect(withFilter(ALLOW, (descriptor) => new Uint8Array(readFileSync(descriptor)))).toEqual(ALLOW);
});

/** A folder with shell scripts of these names. */
function programs(scripts: Readonly<Record<string, string>>): string {
  const bin = folder(scratch(), "bin");
  for (const [name, script] of Object.entries(scripts)) {
    writeFileSync(join(bin, name), `#!/bin/sh\n${script}\n`);
    chmodSync(join(bin, name), 0o755);
  }
  return bin;
}
