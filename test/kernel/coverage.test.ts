// The standard library's lists against those of others: every call that systemd's groups or the
// containers' default profile keep from ordinary services must have an effect here, or a reason.

import { execFileSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { ABIS, callsOf, isCall } from "../../bpfgen/syscalls/calls.ts";
import { because, needs } from "./support/host.ts";
import { KERNEL_EFFECTS } from "./support/sandboxes.ts";

/** Effects that a sandbox for ordinary work denies. */
const MACHINE = [
  "privilege.raise",
  "namespace.create",
  "mount.change",
  "kernel.change",
  "process.inspect",
  "terminal.inject",
  "net.raw",
];

const machineCalls = callsWith(MACHINE);
const allCalls = callsWith(KERNEL_EFFECTS.map((one) => one.effect));

/** What the others keep back and we have under no effect of the machine, with the reason. */
const REASONS: Readonly<Record<string, string>> = {
  ...reasons("has no code behind it in any kernel that can run this: it fails with ENOSYS", [
    "afs_syscall",
    "break",
    "ftime",
    "getpmsg",
    "gtty",
    "idle",
    "lock",
    "mpx",
    "prof",
    "profil",
    "putpmsg",
    "security",
    "stty",
    "tuxcall",
    "ulimit",
    "vserver",
    "epoll_ctl_old",
    "epoll_wait_old",
    "oldolduname",
  ]),
  ...reasons("changes only the caller's own signals", ["sgetmask", "ssetmask"]),
  ...reasons("only reads", ["listmount", "statmount", "listns", "lsm_get_self_attr", "lsm_list_modules"]),
  ...reasons("moves the pages of processes of the same user; nothing is read or lost", [
    "migrate_pages",
    "move_pages",
    "mbind",
    "set_mempolicy",
    "set_mempolicy_home_node",
  ]),
  ...reasons("frees the memory of a process that is being killed anyway", ["process_mrelease"]),
  ...reasons("is a breakpoint's way into the kernel, and passes before any filter", ["uprobe", "uretprobe"]),
};

test("every call is under some effect, or has a reason", () => {
  const calls = [...new Set(ABIS.flatMap((abi) => callsOf(abi).map((call) => call.name)))];
  expect(calls.filter((name) => !allCalls.has(name) && REASONS[name] === undefined).sort()).toEqual([]);
});

test("a reason is for a call that needs one", () => {
  expect(Object.keys(REASONS).filter((name) => allCalls.has(name) || !isCall(name))).toEqual([]);
});

const noSystemd = needs("systemd-analyze");
describe.skipIf(noSystemd !== null)(`systemd's groups${because(noSystemd)}`, () => {
  const groups = [
    "@clock",
    "@cpu-emulation",
    "@debug",
    "@keyring",
    "@module",
    "@mount",
    "@obsolete",
    "@raw-io",
    "@reboot",
    "@setuid",
    "@swap",
  ];
  test.each(groups)("%s", (group) => {
    const printed = execFileSync("systemd-analyze", ["syscall-filter", group], { encoding: "utf8" });
    const names = printed
      .split("\n")
      .filter((line) => /^ {4}\w/.test(line))
      .map((line) => line.trim());
    expect(names.length).toBeGreaterThan(0);
    expect(
      names.filter(
        (name) => isCall(name) && !machineCalls.has(name) && !allCalls.has(name) && REASONS[name] === undefined,
      ),
    ).toEqual([]);
  });
});

/** The default profile of Podman, which is Docker's; from Debian's golang-github-containers-common. */
const DEFAULT_PROFILE = "/usr/share/containers/seccomp.json";
test.skipIf(!existsSync(DEFAULT_PROFILE))(
  `what the containers' default profile gives only with a capability (skipped without ${DEFAULT_PROFILE})`,
  () => {
    const profile: { syscalls: { names: string[]; action: string; includes?: { caps?: string[] } }[] } = JSON.parse(
      readFileSync(DEFAULT_PROFILE, "utf8"),
    );
    const allowed = profile.syscalls.filter((rule) => rule.action === "SCMP_ACT_ALLOW");
    const free = new Set(allowed.filter((rule) => rule.includes?.caps === undefined).flatMap((rule) => rule.names));
    const capped = allowed
      .flatMap((rule) => (rule.includes?.caps === undefined ? [] : rule.names))
      .filter((name) => isCall(name) && !free.has(name));
    expect(capped.filter((name) => !machineCalls.has(name) && REASONS[name] === undefined)).toEqual([]);
  },
);

function callsWith(effects: readonly string[]): ReadonlySet<string> {
  return new Set(
    KERNEL_EFFECTS.filter((one) => effects.includes(one.effect)).flatMap((one) => one.calls.map((call) => call.name)),
  );
}

function reasons(reason: string, names: readonly string[]): Record<string, string> {
  return Object.fromEntries(names.map((name) => [name, reason]));
}
