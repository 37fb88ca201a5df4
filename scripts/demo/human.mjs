// The human's part: `pawl approve` reads a passphrase from a terminal and from nowhere else, so the demo makes one.

import { spawn, spawnSync } from "node:child_process";
import { pawlArgv } from "./stage.mjs";

/** Plays the human in a pseudo-terminal of its own; resolves to what the terminal showed and the exit status. */
export function approveInPseudoTerminal(stage, id, passphrase) {
  const [program, ...args] = terminalFor(pawlArgv(["approve", id]));
  const child = spawn(program, args, { cwd: stage.project, env: stage.env, stdio: ["pipe", "pipe", "inherit"] });
  const timer = setTimeout(() => child.kill("SIGKILL"), 20_000);
  let screen = "";
  let answered = 0;
  child.stdout.setEncoding("utf8");
  child.stdout.on("data", (text) => {
    screen += text;
    // Each prompt ends in a colon and a blank and waits; it is answered once, as a person would.
    const prompts = screen.match(/(passphrase[^\n:]*|again): /gi)?.length ?? 0;
    while (answered < prompts) {
      child.stdin.write(`${passphrase}\n`);
      answered += 1;
    }
  });
  return new Promise((resolve, reject) => {
    child.on("error", reject);
    child.on("close", (status) => {
      clearTimeout(timer);
      resolve({ status, screen: screen.replaceAll("\r", "") });
    });
  });
}

/** Hands the human's part to whoever sits at this terminal. */
export function approveHere(stage, id) {
  const [program, ...args] = pawlArgv(["approve", id]);
  return spawnSync(program, args, { cwd: stage.project, env: stage.env, stdio: "inherit" }).status;
}

/** An argument list that runs another one in a new pseudo-terminal: `script` of util-linux, else Python. */
function terminalFor(argv) {
  if (works("script", ["-qec", "true", "/dev/null"])) {
    return ["script", "-qec", argv.map(quote).join(" "), "/dev/null"];
  }
  const python = "import pty,sys,os;sys.exit(os.waitstatus_to_exitcode(pty.spawn(sys.argv[1:])))";
  if (works("python3", ["-c", "import pty"])) return ["python3", "-c", python, ...argv];
  throw new Error("neither `script` nor python3 is there to make a pseudo-terminal; try `npm start -- --interactive`");
}

function works(program, args) {
  return spawnSync(program, args, { stdio: ["pipe", "ignore", "ignore"], input: "", timeout: 5_000 }).status === 0;
}

function quote(text) {
  return `'${text.replaceAll("'", `'\\''`)}'`;
}
