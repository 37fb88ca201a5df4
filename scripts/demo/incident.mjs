// The incident: an agent works in a scratch folder, silent while it is harmless, and is stopped at `terraform destroy`.
//
// Everything runs through the real gate. Each step states what must be true and ends the demo with exit 1 when it is not.

import { inRoot } from "../lib/project.mjs";
import { approveHere, approveInPseudoTerminal } from "./human.mjs";
import { deleteUnderProfile, emitProfile } from "./kernel.mjs";
import { makeStage } from "./stage.mjs";

const POLICY = "policies/demo/incident.pawl";
const DESTROY = "terraform destroy -auto-approve";
const ORDINARY = [
  "echo hello",
  "ls -la",
  "cat docs/notes.md",
  "grep -r 'terraform destroy' docs/",
  'echo "terraform destroy"',
  "mkdir -p dist && echo built > dist/out.txt",
  "wc -c main.tf | sort",
  "rm -r dist",
];

const interactive = process.argv.includes("--interactive");
const stage = makeStage();
// An interrupted demo leaves nothing behind either.
for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) {
  process.on(signal, () => {
    stage.remove();
    process.exit(130);
  });
}
try {
  await play();
} catch (error) {
  console.error(`\nThe demo failed: ${error instanceof Error ? error.message : String(error)}`);
  process.exitCode = 1;
} finally {
  stage.remove();
}

async function play() {
  title("An agent gets a project, and Pawl stands in front of its commands");
  const installed = stage.pawl(["install", inRoot("dist", POLICY.replace(/\.pawl$/, ".wasm"))]);
  expect(installed.status === 0, `pawl install failed: ${installed.stderr}`);
  say(`policy   ${POLICY}`);
  say("project  a scratch folder with a real terraform.tfstate, and a harmless stand-in named terraform on PATH");

  title("Ordinary work: allowed, and Pawl says nothing");
  for (const command of ORDINARY) runSilently(command);
  for (const command of ["terraform plan", "terraform apply"]) runSilently(command);

  title("Then the agent tries what cannot be undone");
  const id = stop(DESTROY);
  expect(!didDestroy(), "the stand-in ran although the gate stopped it");
  say("\nNothing of it ran.");

  title("In other clothes it is the same action");
  for (const command of disguises()) stopBriefly(command);
  expect(!didDestroy(), "a disguise got through");

  await letHumanAnswer(id);

  title("The record");
  const verified = stage.pawl(["ledger", "verify"]);
  say(`$ pawl ledger verify\n${verified.stdout.trim()}`);
  expect(verified.status === 0, `the ledger does not verify: ${verified.stderr}`);

  showKernel();
  say("\nThe scratch folder is gone; nothing stays behind.");
}

function disguises() {
  return [
    "cd . && terraform -chdir=. destroy",
    "env TF_LOG=1 timeout 5 terraform destroy",
    `bash -c "terraform apply -destroy"`,
    "x=destroy; terraform $x",
    `$(echo terraform) "des"troy`,
  ];
}

function runSilently(command) {
  const { status, stderr } = stage.exec(command);
  say(`$ ${command}`);
  expect(status === 0, `\`${command}\` ended with ${status}: ${stderr}`);
  expect(stderr === "", `\`${command}\` was not silent: ${stderr}`);
}

/** Runs a command that must stop with the count of what it targets; returns the id to approve. */
function stop(command) {
  const { status, stderr } = stage.exec(command);
  say(`$ ${command}\n${stderr.trimEnd()}\n[exit ${status}]`);
  expect(status === 77, `\`${command}\` ended with ${status} instead of 77`);
  expect(stderr.includes("targets 5 resource types"), "the stop does not say what would be destroyed");
  const id = /pawl approve (\S+)/.exec(stderr)?.[1];
  expect(id !== undefined, "the stop does not say how to approve");
  return id;
}

function stopBriefly(command) {
  const { status } = stage.exec(command);
  say(`$ ${command}\n[exit ${status}: stopped]`);
  expect(status === 77 || status === 78, `\`${command}\` ended with ${status}`);
}

async function letHumanAnswer(id) {
  title(
    interactive
      ? "Your turn: approve it, or press Ctrl-D"
      : "A human approves (the demo plays that part, in a pseudo-terminal of its own)",
  );
  say(`$ pawl approve ${id}`);
  if (interactive) {
    const status = approveHere(stage, id);
    if (status !== 0) {
      say("Not approved, so it stays stopped:");
      stop(DESTROY);
      return;
    }
  } else {
    const { status, screen } = await approveInPseudoTerminal(stage, id, "correct horse battery staple");
    say(indent(screen.trim()));
    expect(status === 0, `pawl approve ended with ${status}`);
  }

  title("The approved action goes through exactly once");
  const first = stage.exec(DESTROY);
  say(`$ ${DESTROY}\n${first.stdout.trim()}\n[exit ${first.status}]`);
  expect(first.status === 0, `the approved action ended with ${first.status}: ${first.stderr}`);
  const second = stage.exec(DESTROY);
  say(`$ ${DESTROY}\n[exit ${second.status}: stopped again]`);
  expect(second.status === 77, `the second run ended with ${second.status}`);
  const count = stage.terraformCalls().filter((line) => line.startsWith("destroy")).length;
  expect(count === 1, `the stand-in was called ${count} times with destroy`);
  say("The stand-in was called with destroy once.");
}

function showKernel() {
  title("Below the agent: the same policy as a seccomp profile");
  const profile = emitProfile(stage, inRoot(POLICY));
  say(`$ pawl sandbox emit ${POLICY} read_only`);
  for (const group of profile.syscalls ?? []) {
    const names = group.names.join(" ");
    say(indent(`${group.action}${group.errnoRet === undefined ? "" : ` errno ${group.errnoRet}`}: ${names}`));
  }
  const result = deleteUnderProfile(stage, inRoot(POLICY));
  if (result.reason !== undefined) {
    say(`A live run was left out: ${result.reason}.`);
    return;
  }
  say(`$ bwrap --seccomp … rm -f victim.txt      (${result.bytes / 8} instructions)\n${indent(result.stderr)}`);
  expect(result.survived && result.status !== 0, "the file was deleted under the profile");
  expect(/Operation not permitted/.test(result.stderr), `unlinkat failed otherwise: ${result.stderr}`);
  say("The kernel refused unlinkat with EPERM; the file is still there.");
}

function didDestroy() {
  return stage.terraformCalls().some((line) => line.startsWith("destroy") || line.includes("-destroy"));
}

function expect(condition, message) {
  if (!condition) throw new Error(message);
}

function title(text) {
  console.log(`\n── ${text}`);
}

function say(text) {
  console.log(text);
}

function indent(text) {
  return text.replaceAll(/^/gm, "  ");
}
