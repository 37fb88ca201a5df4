import { chmodSync, chownSync, mkdirSync, renameSync, rmSync, statSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { checkInstallation, createInstallation, findHome, installationAt } from "../../gate/installation.ts";
import { installPolicy, openGate } from "../../gate/gate.ts";
import { load } from "./fake-policy.ts";
import { expectGateError, install, scratch } from "./helper.ts";

const isRoot = process.getuid?.() === 0;

describe("the state directory", () => {
  test("is PAWL_HOME, then XDG_STATE_HOME, then below HOME", () => {
    expect(findHome({ PAWL_HOME: "/p", XDG_STATE_HOME: "/x", HOME: "/h" })).toBe("/p");
    expect(findHome({ XDG_STATE_HOME: "/x", HOME: "/h" })).toBe("/x/pawl");
    expect(findHome({ XDG_STATE_HOME: "relative", HOME: "/h" })).toBe("/h/.local/state/pawl");
    expectGateError("missing", () => findHome({}));
  });

  test("is private, whatever the umask says", () => {
    const before = process.umask(0);
    try {
      const installation = install();
      for (const path of [installation.home, installation.sessions, installation.pending])
        expect(statSync(path).mode & 0o777).toBe(0o700);
      for (const path of [installation.entries, installation.policy, installation.lock])
        expect(statSync(path).mode & 0o777).toBe(0o600);
    } finally {
      process.umask(before);
    }
  });

  test("can be made again without harm", () => {
    const installation = install();
    const { size } = statSync(installation.entries);
    createInstallation(installation);
    expect(statSync(installation.entries).size).toBe(size);
  });

  test("is not made anew in passing when a part is lost", () => {
    const installation = install();
    rmSync(installation.entries);
    expectGateError("missing", () => createInstallation(installation));
  });
});

describe("a gate does not open when", () => {
  test("there is no installation", () => {
    expectGateError("missing", () => checkInstallation(installationAt(join(scratch(), "none"))));
  });

  for (const part of ["policy", "entries", "lock", "format", "sessions", "pending", "known"] as const) {
    test(`${part} is missing`, () => {
      const installation = install();
      rmSync(installation[part], { recursive: true });
      expectGateError("missing", () => openGate(installation, load));
    });
  }

  test("the format is another version's", () => {
    const installation = install();
    writeFileSync(installation.format, "pawl-state 2\n");
    expectGateError("other-version", () => openGate(installation, load));
  });

  test("others may read a part", () => {
    const installation = install();
    chmodSync(installation.policy, 0o644);
    expectGateError("loose-permissions", () => openGate(installation, load));
  });

  test.runIf(isRoot)("a part belongs to someone else", () => {
    const installation = install();
    chownSync(installation.policy, 12345, 12345);
    expectGateError("foreign-owner", () => openGate(installation, load));
  });

  test("a part is a link", () => {
    const installation = install();
    renameSync(installation.policy, `${installation.home}/elsewhere`);
    symlinkSync(`${installation.home}/elsewhere`, installation.policy);
    expectGateError("corrupt", () => openGate(installation, load));
  });

  test("everybody may write a parent directory", () => {
    const directory = join(scratch(), "open");
    mkdirSync(directory);
    const installation = install(directory);
    chmodSync(directory, 0o777);
    expectGateError("loose-permissions", () => openGate(installation, load));
  });

  test("the policy is cut or foreign", () => {
    const installation = install();
    writeFileSync(installation.policy, "fak");
    expectGateError("corrupt", () => openGate(installation, load));
  });
});

test("a policy that does not load is not installed", () => {
  const installation = install();
  expectGateError("corrupt", () => installPolicy(installation, Buffer.from("nonsense"), load));
  expect(openGate(installation, load).policy.info.name).toBe("fake");
});
