#!/usr/bin/env node
// The entry of `pawl`: runs a command and turns every end into an exit status.

import { CommanderError } from "commander";
import { GateError, systemCode } from "../gate/gate-error.ts";
import { CommandError, USAGE } from "./exit.ts";
import { createProgram } from "./program.ts";
import { paintFor, warn } from "./terminal.ts";

try {
  await createProgram().parseAsync();
} catch (error) {
  process.exitCode = report(error);
}

function report(error: unknown): number {
  // commander has printed its own message; help and version end with 0.
  if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : USAGE;
  const paint = paintFor(process.stderr);
  if (error instanceof CommandError) {
    warn(`${paint("red", "error")}: ${error.message}`);
    if (error.help !== null) warn(`help: ${error.help}`);
    return error.exitCode;
  }
  if (error instanceof GateError) {
    warn(`${paint("red", "error")}: ${error.what}`);
    warn(`help: ${error.remedy}`);
    return USAGE;
  }
  if (error instanceof Error && systemCode(error) !== null && "syscall" in error) {
    warn(`${paint("red", "error")}: ${error.message}`);
    return USAGE;
  }
  const text = error instanceof Error ? (error.stack ?? error.message) : String(error);
  warn(`${paint("red", "internal error")}: ${text}`);
  return USAGE;
}
