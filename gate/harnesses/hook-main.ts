// The program of an installed hook, bundled as one file: reads the call, prints the answer that the launcher expects.

import { readSync, writeSync } from "node:fs";
import { load } from "../../runtime/index.ts";
import { systemCode } from "../gate-error.ts";
import { hookInputBytesMax } from "../limits.ts";
import { answerCall } from "./claude-hook.ts";
import { printDenial } from "./claude-protocol.ts";
import { passLine, stopLine } from "./launcher.ts";

const answer = answerCall(readCall(), process.env, load);
print(answer.kind === "pass" ? `${passLine}\n` : `${stopLine}\n${printDenial(answer.reason)}\n`);

/** Standard input to its end; a little more than the limit is enough to see that it is too long. */
function readCall(): Buffer {
  const chunks: Buffer[] = [];
  let total = 0;
  while (total <= hookInputBytesMax) {
    const chunk = Buffer.allocUnsafe(64 * 1024);
    const length = readChunk(chunk);
    if (length === 0) break;
    total += length;
    chunks.push(chunk.subarray(0, length));
  }
  return Buffer.concat(chunks);
}

function readChunk(chunk: Buffer): number {
  for (;;) {
    try {
      return readSync(0, chunk);
    } catch (error) {
      // The other end may have made the pipe non-blocking; the launcher's deadline bounds the wait.
      if (systemCode(error) !== "EAGAIN") throw error;
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 5);
    }
  }
}

function print(text: string): void {
  const bytes = Buffer.from(text, "utf8");
  let done = 0;
  while (done < bytes.length) done += writeSync(1, bytes, done);
}
