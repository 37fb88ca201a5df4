// What a sandbox asks of its launcher beside the filter.

import { blocks } from "../../bpfgen/seccomp/action.ts";
import type { LoweredSandbox } from "./lower.ts";

/**
 * True when the sandbox denies looking into other processes. Their memory is also a file below /proc, which seccomp
 * cannot tell from others, so the program needs a pid namespace with a /proc of its own.
 */
export function needsOwnProcesses({ spec, sources }: LoweredSandbox): boolean {
  return spec.rules.some((rule, index) => sources[index]?.effect === "process.inspect" && blocks(rule.action));
}
