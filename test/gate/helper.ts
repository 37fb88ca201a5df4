// What the tests of the gate share: a state directory of their own, a gate with the fake policy, requests, programs.

import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import { afterAll, expect, onTestFinished } from "vitest";
import { createInstallation, installationAt, type Installation } from "../../gate/installation.ts";
import { installPolicy, openGate, type Gate } from "../../gate/gate.ts";
import { GateError, type GateErrorCode } from "../../gate/gate-error.ts";
import { createKey } from "../../gate/signing-key.ts";
import type { GateRequest } from "../../gate/request.ts";
import { load } from "./fake-policy.ts";

export const passphrase = "correct horse battery";

/** A directory that is gone when the test is. */
export function scratch(): string {
  const directory = realpathSync(mkdtempSync(join(tmpdir(), "pawl-gate-")));
  onTestFinished(() => rmSync(directory, { recursive: true, force: true }));
  return directory;
}

/** A new installation with the fake policy, in a directory of its own. */
export function install(directory = scratch()): Installation {
  const installation = installationAt(join(directory, "state"));
  createInstallation(installation);
  installPolicy(installation, Buffer.from("fake policy"), load);
  return installation;
}

/** Gives the installation a key that is cheap to open. */
export function giveKey(installation: Installation): void {
  createKey(installation, passphrase, { N: 1024, r: 8, p: 1 });
}

/** A gate whose clock the test sets. */
export function open(installation = install(), clock = { now: 1_000_000 }): Gate {
  return openGate(installation, load, () => clock.now);
}

/** A request to run a text by a shell in a directory. */
export function shell(text: string, more: Partial<GateRequest> = {}): GateRequest {
  const cwd = more.cwd ?? "/";
  return {
    agent: "tester",
    session: "one",
    cwd,
    workspace: cwd,
    variables: {},
    run: { kind: "shell", text },
    readings: [{ command: text }],
    ...more,
  };
}

export function expectGateError(code: GateErrorCode, run: () => unknown): void {
  let caught: unknown = null;
  try {
    run();
  } catch (error) {
    caught = error;
  }
  expect(caught).toBeInstanceOf(GateError);
  expect(caught).toMatchObject({ code });
}

/** Writes a state of Terraform with that many instances per type. */
export function writeState(directory: string, counts: Readonly<Record<string, number>>): string {
  const resources = Object.entries(counts).map(([type, count]) => ({
    mode: "managed",
    type,
    name: "x",
    instances: Array.from({ length: count }, () => ({})),
  }));
  const path = join(directory, "terraform.tfstate");
  writeFileSync(path, JSON.stringify({ version: 4, serial: 1, resources }));
  return path;
}

const built = new Map<string, string>();

// Each test file has a copy of this module, so the programs go when the file's tests have ended.
afterAll(() => {
  for (const file of built.values()) rmSync(dirname(file), { recursive: true, force: true });
});

/** One file of JavaScript from a TypeScript program, with the fake policy in the place of the runtime. */
export async function bundle(entry: string): Promise<string> {
  const known = built.get(entry);
  if (known !== undefined) return known;
  const here = dirname(fileURLToPath(import.meta.url));
  const file = join(realpathSync(mkdtempSync(join(tmpdir(), "pawl-bundle-"))), "program.mjs");
  await build({
    entryPoints: [join(here, entry)],
    outfile: file,
    bundle: true,
    platform: "node",
    target: "node20",
    format: "esm",
    logLevel: "warning",
    plugins: [
      {
        name: "fake-runtime",
        setup: (plugin) =>
          plugin.onResolve({ filter: /runtime\/index\.ts$/ }, () => ({ path: join(here, "fake-policy.ts") })),
      },
    ],
  });
  built.set(entry, file);
  return file;
}

/** A directory below the scratch directory. */
export function folder(directory: string, name: string): string {
  const path = join(directory, name);
  mkdirSync(path, { recursive: true });
  return path;
}
