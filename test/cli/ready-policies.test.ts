// The ready-made policies and the standard library hold what their own tests say, on the module that users run.

import { expect, test } from "vitest";
import { pawl } from "./pawl.ts";

const POLICIES = ["policies/agent.pawl", "policies/infra.pawl", "policies/demo/incident.pawl"];

test("every test and every piece of advice passes", () => {
  const { exitCode, stdout, stderr } = pawl(["test", "--library", ...POLICIES]);
  expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: "" });
  expect(stdout).toMatch(/^\d{3,} passed, 0 failed$/m);
}, 180_000);

test("every policy is in the canonical layout", () => {
  expect(pawl(["fmt", "--check", ...POLICIES])).toEqual({ exitCode: 0, stdout: "", stderr: "" });
});
