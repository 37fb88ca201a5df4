import { describe, expect, test } from "vitest";
import { agentPolicy } from "../support/agent-policy.ts";
import { HOSTILE_TEXTS } from "./texts.ts";

describe("a hostile text gets a decision", () => {
  for (const { name, command, stops } of HOSTILE_TEXTS) {
    test(name, () => {
      const decision = agentPolicy().decide({ command, cwd: "/home/user/project" });
      if (stops) expect(decision.verdict).not.toBe("allow");
      else expect(decision.malformed).toBe(false);
    });
  }
});
