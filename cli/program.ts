// The command line at a glance: every command with its arguments and options.
// What a command does stands in its own file, loaded only when it runs, so that the start stays short.

import { Command, Option } from "commander";
import { writeAll } from "./terminal.ts";

/** The whole of `pawl`, ready to parse. */
export function createProgram(): Command {
  const program = new Command("pawl")
    .description("The safety catch for AI agents: decides tool calls, stops what cannot be undone.")
    .version("0.1.0")
    .configureHelp({ showGlobalOptions: false, sortSubcommands: false })
    // commander's own writes end late, where nothing catches their errors.
    .configureOutput({ writeOut: (text) => writeAll(1, text), writeErr: (text) => writeAll(2, text) })
    .enablePositionalOptions()
    .exitOverride();
  addPolicyCommands(program);
  addDecisionCommands(program);
  addGateCommands(program);
  addSandboxCommands(program);
  program
    .command("completion")
    .description("print a completion script for a shell")
    .argument("<shell>", "bash, zsh or fish")
    .action(async (shell: string) =>
      end((await import("./commands/completion.ts")).completion(shell, createProgram())),
    );
  return program;
}

function addPolicyCommands(program: Command): void {
  program
    .command("init")
    .description("write a starter policy with a test")
    .argument("[file]", "where to write it", "policy.pawl")
    .action(async (file: string) => end((await import("./commands/init.ts")).init(file)));
  program
    .command("check")
    .description("report every problem of a policy")
    .argument("[files...]", "policies; `policies/agent.pawl` when left out")
    .addOption(json())
    .action(async (files: string[], options: { json?: true }) =>
      end((await import("./commands/check.ts")).check(files, options)),
    );
  program
    .command("fmt")
    .description("print policies in the one canonical layout, in place")
    .argument("<files...>", "policies, or `-` for standard input")
    .option("--check", "change nothing; exit 1 when a file is laid out differently")
    .action(async (files: string[], options: { check?: true }) =>
      end((await import("./commands/fmt.ts")).fmt(files, options)),
    );
  addFormOptions(
    program
      .command("build")
      .description("compile a policy to one .wasm file, or its sandboxes with --target")
      .argument("<file>", "the policy")
      .addOption(new Option("--target <form>", "the policy's sandboxes in this form instead").choices(SANDBOX_FORMS))
      .option("-o, --output <file>", "where to write it; beside the policy when left out")
      .option("--set <name=value...>", "set a param of the policy"),
  ).action(async (file: string, options: BuildFlags) => {
    const { target } = options;
    if (target === undefined) return end((await import("./commands/build.ts")).build(file, options));
    end((await import("./commands/sandbox.ts")).sandboxBuild(file, { ...options, target }));
  });
  program
    .command("test")
    .description("run a policy's tests and decide its advice")
    .argument("[files...]", "policies; `policies/agent.pawl` when left out")
    .option("--library", "run the tests of the standard library too")
    .addOption(json())
    .action(async (files: string[], options: { library?: true; json?: true }) =>
      end((await import("./commands/test.ts")).test(files, options)),
    );
  program
    .command("inspect")
    .description("say what a compiled policy is")
    .argument("<file>", "a .wasm file, or a policy")
    .addOption(json())
    .action(async (file: string, options: { json?: true }) =>
      end(await (await import("./commands/inspect.ts")).inspect(file, options)),
    );
}

function addDecisionCommands(program: Command): void {
  addActionOptions(
    program
      .command("decide")
      .description("decide one action, or with --jsonl one per line; exit 0 allow, 77 approval needed, 78 denied")
      .argument("[command]", "the text that a shell would run")
      .option("--jsonl", "read one JSON action per line from standard input, print one JSON decision per line"),
  ).action(async (command: string | undefined, options: ActionFlags & { jsonl?: true }) =>
    end(await (await import("./commands/decide.ts")).decide(command, options)),
  );
  addActionOptions(
    program
      .command("explain")
      .description("explain a decision effect by effect, or a diagnostic's code such as T302")
      .argument("[what]", "a command, or a code"),
  ).action(async (what: string | undefined, options: ActionFlags) =>
    end(await (await import("./commands/explain.ts")).explain(what, options)),
  );
}

function addGateCommands(program: Command): void {
  program
    .command("exec")
    .description(
      "decide a command and run it when it is allowed; exit 77 approval needed, 78 denied, 79 the gate failed",
    )
    .argument("[argv...]", "the program and its arguments, after --")
    .option("--shell <text>", "run a text with a shell instead")
    .option("--agent <name>", "who acts")
    .option("--session <name>", "the session it belongs to")
    .option("--workspace <directory>", "the session's workspace; fixed by its first call")
    .option("--sandbox <policy>", "run it under a sandbox: a profile's name, or POLICY#SANDBOX")
    .passThroughOptions()
    .action(async (argv: string[], options: ExecFlags) =>
      end(await (await import("./commands/exec.ts")).exec(argv, options)),
    );
  program
    .command("install")
    .description("give `exec` and the hooks their policy; makes the gate's folder on first use")
    .argument("[policy]", "a .pawl or .wasm file; policies/agent.pawl when left out")
    .action(async (policy: string | undefined) => end(await (await import("./commands/install.ts")).install(policy)));
  addHookCommands(program);
  program
    .command("approvals")
    .description("list what waits for a human")
    .addOption(json())
    .action(async (options: { json?: true }) => end((await import("./commands/approvals.ts")).approvals(options)));
  program
    .command("approve")
    .description("let one stopped action through, once; asks for the passphrase on the terminal")
    .argument("<id>", "the action's id, as the stop printed it")
    .action(async (id: string) => end(await (await import("./commands/approve.ts")).approve(id)));
  program
    .command("deny")
    .description("answer a stopped action with no; the agent's next try gets the text")
    .argument("<id>", "the action's id")
    .requiredOption("--because <text>", "what the agent is told")
    .action(async (id: string, options: { because: string }) =>
      end((await import("./commands/deny.ts")).deny(id, options)),
    );
  addSessionCommands(program);
  addLedgerCommands(program);
  program
    .command("doctor")
    .description("check the installation with a canary and name the protection level")
    .addOption(json())
    .action(async (options: { json?: true }) => end((await import("./commands/doctor.ts")).doctor(options)));
}

function addHookCommands(program: Command): void {
  const hook = program.command("hook").description("stand between a coding agent and its tools");
  hook
    .command("claude")
    .description("answer one PreToolUse call on standard input; the installed launcher calls this")
    .action(async () => end((await import("./commands/hook.ts")).hookClaude()));
  addHookOptions(hook.command("install").description("install the hook, and the default policy when none is installed"))
    .option("--policy <file>", "install this policy first")
    .action(async (harness: string, options: HookFlags) =>
      end(await (await import("./commands/hook.ts")).hookInstall(harness, options)),
    );
  addHookOptions(hook.command("remove").description("remove the hook")).action(
    async (harness: string, options: HookFlags) =>
      end((await import("./commands/hook.ts")).hookRemove(harness, options)),
  );
  addHookOptions(hook.command("status").description("say whether the hook is installed and whole"))
    .addOption(json())
    .action(async (harness: string, options: HookFlags) =>
      end((await import("./commands/hook.ts")).hookStatus(harness, options)),
    );
}

function addHookOptions(command: Command): Command {
  return command
    .argument("<harness>", "claude")
    .addOption(new Option("--scope <scope>", "whose settings").choices(["user", "project"]).default("user"))
    .option("--settings <file>", "this settings file instead");
}

function addSessionCommands(program: Command): void {
  const session = program.command("session").description("what the gate remembers of agents' sessions");
  session
    .command("list")
    .description("list the sessions")
    .addOption(json())
    .action(async (options: { json?: true }) => end((await import("./commands/session.ts")).sessionList(options)));
  session
    .command("show")
    .description("show one session")
    .argument("<id>", "short id or full name")
    .addOption(json())
    .action(async (id: string, options: { json?: true }) =>
      end((await import("./commands/session.ts")).sessionShow(id, options)),
    );
  session
    .command("end")
    .description("forget a session; asks for the passphrase on the terminal")
    .argument("<id>", "short id or full name")
    .action(async (id: string) => end(await (await import("./commands/session.ts")).sessionEnd(id)));
}

function addLedgerCommands(program: Command): void {
  const ledger = program.command("ledger").description("the record of every decision and approval");
  ledger
    .command("verify")
    .description("check that no entry was edited, moved or dropped; exit 1 when one was")
    .option("--head <text>", "a head that was exported earlier: finds truncation and rewriting too")
    .addOption(json())
    .action(async (options: { head?: string; json?: true }) =>
      end((await import("./commands/ledger.ts")).ledgerVerify(options)),
    );
  ledger
    .command("repair")
    .description("set a torn last line aside, and record that")
    .action(async () => end((await import("./commands/ledger.ts")).ledgerRepair()));
  ledger
    .command("head")
    .description("print the head, to be kept where the agent cannot write")
    .action(async () => end((await import("./commands/ledger.ts")).ledgerHead()));
}

function addSandboxCommands(program: Command): void {
  const sandbox = program.command("sandbox").description("kernel filters from the policy's sandbox clauses");
  addFormOptions(
    sandbox
      .command("emit")
      .description("print a sandbox as a seccomp profile or filter")
      .argument("<policy>", "a profile's name, a policy, or POLICY#SANDBOX")
      .argument("[sandbox]", "the sandbox; may be left out when the policy has one")
      .addOption(new Option("--target <form>", "the form").choices(SANDBOX_FORMS).default("oci"))
      .option("-o, --output <file>", "write it there instead"),
  ).action(async (policy: string, name: string | undefined, options: SandboxFlags) =>
    end((await import("./commands/sandbox.ts")).sandboxEmit(policy, name, options)),
  );
  sandbox
    .command("report")
    .description("say clause by clause what holds it, and how exactly")
    .argument("<policy>", "a profile's name, a policy, or POLICY#SANDBOX")
    .argument("[sandbox]", "the sandbox; all when left out")
    .option("--with-landlock", "the launcher applies Landlock's part too")
    .addOption(json())
    .action(async (policy: string, name: string | undefined, options: { withLandlock?: true; json?: true }) =>
      end((await import("./commands/sandbox.ts")).sandboxReport(policy, name, options)),
    );
  sandbox
    .command("compare")
    .description("prove what one filter is to another; exit 0 when the first is at least as strict")
    .argument("<first>", "a profile's name, POLICY#SANDBOX, a raw filter or an OCI profile")
    .argument("<second>", "the same")
    .option("--arch <architectures>", "only for these, separated by commas")
    .addOption(json())
    .action(async (first: string, second: string, options: { arch?: string; json?: true }) =>
      end((await import("./commands/sandbox-compare.ts")).sandboxCompare(first, second, options)),
    );
  sandbox
    .command("verify")
    .description("try the known ways around a filter, live, under a sandbox; exit 1 when one gets through")
    .argument("<policy>", "a profile's name, a policy, or POLICY#SANDBOX")
    .requiredOption("--live", "runs harmless probes on this machine's kernel")
    .addOption(json())
    .action(async (policy: string, options: { json?: true }) =>
      end((await import("./commands/sandbox-verify.ts")).sandboxVerify(policy, options)),
    );
}

function addFormOptions(command: Command): Command {
  return command
    .option("--arch <architectures>", "x86_64, aarch64, riscv64; several with commas")
    .option("--workspace <directory>", "what `workspace` stands for in Landlock's rules")
    .option("--with-landlock", "the launcher applies Landlock's part too")
    .addOption(json());
}

/** Options that describe an action, and how to print. */
export interface ActionFlags {
  readonly policy?: string;
  readonly tool?: string;
  readonly input?: string;
  readonly cwd?: string;
  readonly workspace?: string;
  readonly agent?: string;
  readonly evidence: boolean;
  readonly json?: true;
}

export interface ExecFlags {
  readonly shell?: string;
  readonly agent?: string;
  readonly session?: string;
  readonly workspace?: string;
  readonly sandbox?: string;
}

export interface HookFlags {
  readonly scope: "user" | "project";
  readonly settings?: string;
  readonly policy?: string;
  readonly json?: true;
}

/** What a sandbox can be written as. */
export const SANDBOX_FORMS = [
  "oci",
  "docker",
  "podman",
  "kubernetes",
  "kubernetes-resource",
  "systemd",
  "c-header",
  "raw",
  "disassembly",
  "rules",
  "landlock",
  "setpriv",
] as const;
export type SandboxForm = (typeof SANDBOX_FORMS)[number];

interface BuildFlags extends Omit<SandboxFlags, "target"> {
  readonly target?: SandboxForm;
  readonly set?: string[];
}

export interface SandboxFlags {
  readonly target: SandboxForm;
  readonly arch?: string;
  readonly workspace?: string;
  readonly withLandlock?: true;
  readonly output?: string;
  readonly json?: true;
}

function addActionOptions(command: Command): Command {
  return command
    .option("--policy <file>", "a .pawl or .wasm file instead of policies/agent.pawl")
    .option("--tool <name>", "a tool call instead of a command")
    .option("--input <json>", "the tool's input")
    .option("--cwd <directory>", "where it runs")
    .option("--workspace <directory>", "the session's workspace")
    .option("--agent <name>", "who acts")
    .option("--no-evidence", "read nothing from the world: no link targets, scripts, state files")
    .addOption(json());
}

function json(): Option {
  return new Option("--json", "print JSON; docs/cli.md has the shapes");
}

function end(exitCode: number): void {
  process.exitCode = exitCode;
}
