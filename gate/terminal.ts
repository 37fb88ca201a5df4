// Reads from the human's terminal, never from standard input, which may be an agent's.

import { constants, openSync, writeSync } from "node:fs";
import { StringDecoder } from "node:string_decoder";
import { ReadStream } from "node:tty";
import { GateError } from "./gate-error.ts";

const terminalPath = "/dev/tty";

/** One line, not shown while it is typed. Control-C and the end of input reject. */
export async function readPassphrase(prompt: string): Promise<string> {
  const descriptor = openTerminal();
  const input = new ReadStream(descriptor);
  try {
    // In raw mode nothing is echoed and Control-C is a byte; Node restores the mode when the process ends.
    input.setRawMode(true);
    writeSync(descriptor, prompt);
    return await readTyped(input);
  } finally {
    writeSync(descriptor, "\n");
    input.setRawMode(false);
    input.destroy();
  }
}

function readTyped(input: ReadStream): Promise<string> {
  return new Promise((resolve, reject) => {
    const decoder = new StringDecoder("utf8");
    let typed: readonly string[] = [];
    input.on("error", reject);
    input.on("end", () => reject(interrupted()));
    input.on("data", (chunk: Buffer) => {
      for (const character of decoder.write(chunk)) {
        switch (character) {
          case "\r":
          case "\n":
            resolve(typed.join(""));
            return;
          case "\u0003":
          case "\u0004":
            reject(interrupted());
            return;
          case "\u007f":
          case "\b":
            typed = typed.slice(0, -1);
            break;
          case "\u0015":
            typed = [];
            break;
          default:
            // Other control characters are keys that mean nothing here.
            if (" " <= character) typed = [...typed, character];
        }
      }
    });
  });
}

function openTerminal(): number {
  try {
    return openSync(terminalPath, constants.O_RDWR);
  } catch {
    throw new GateError(
      "no-terminal",
      "there is no terminal to ask a human on",
      "run the command yourself, in a terminal",
    );
  }
}

function interrupted(): GateError {
  return new GateError("no-terminal", "nothing was entered", "run the command again");
}
