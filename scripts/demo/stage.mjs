// The stage of the demo: a scratch folder with a project, a real state file, and a harmless program named terraform.

import { spawnSync } from "node:child_process";
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { inRoot } from "../lib/project.mjs";

const AGENT = "demo-agent";
const SESSION = "the-incident";

/** Makes the scratch folder; `remove` takes it away again, whatever happened. */
export function makeStage() {
  const scratch = realpathSync(mkdtempSync(join(tmpdir(), "pawl-demo-")));
  const project = join(scratch, "project");
  const bin = join(scratch, "bin");
  const home = join(scratch, "home");
  const calls = join(scratch, "terraform-calls.txt");
  for (const folder of [project, bin, home, join(project, "docs")]) mkdirSync(folder);
  writeFileSync(join(project, "docs/notes.md"), "never run terraform destroy by hand\n");
  writeFileSync(join(project, "main.tf"), '# five kinds of resources\nresource "aws_vpc" "main" {}\n');
  writeFileSync(join(project, "terraform.tfstate"), JSON.stringify(state(), null, 2));
  writeFileSync(calls, "");
  writeStandIn(join(bin, "terraform"), calls);
  const env = {
    PATH: `${bin}:${process.env.PATH}`,
    HOME: home,
    PAWL_HOME: join(home, "gate"),
    LANG: process.env.LANG ?? "C.UTF-8",
    TERM: process.env.TERM ?? "dumb",
    NO_COLOR: "1",
  };
  return {
    scratch,
    project,
    env,
    pawl: (args, options = {}) => pawl(args, { cwd: project, env, ...options }),
    exec: (command) =>
      pawl(["exec", "--agent", AGENT, "--session", SESSION, "--shell", command], { cwd: project, env }),
    terraformCalls: () =>
      readFileSync(calls, "utf8")
        .split("\n")
        .filter((line) => line !== ""),
    remove: () => rmSync(scratch, { recursive: true, force: true }),
  };
}

/** The `pawl` of this clone as an argument list. */
export function pawlArgv(args) {
  return [process.execPath, inRoot("dist/cli/main.js"), ...args];
}

function pawl(args, options) {
  const [program, ...rest] = pawlArgv(args);
  const { status, stdout, stderr } = spawnSync(program, rest, {
    encoding: "utf8",
    input: "",
    timeout: 30_000,
    ...options,
  });
  return { status, stdout, stderr };
}

/** What a real `terraform` would be asked to destroy; the stand-in writes down its arguments and does nothing. */
function writeStandIn(path, calls) {
  writeFileSync(
    path,
    `#!/bin/sh\necho "$*" >> '${calls}'\ncase "$1" in\n  destroy) echo "(stand-in) Destroy complete." ;;\n  *) echo "(stand-in) terraform $1: ok" ;;\nesac\n`,
  );
  chmodSync(path, 0o755);
}

function state() {
  const resource = (type, name, count) => ({
    mode: "managed",
    type,
    name,
    provider: 'provider["terraform.io/builtin/terraform"]',
    instances: Array.from({ length: count }, (_, index) => ({
      schema_version: 0,
      index_key: index,
      attributes: { id: `${name}-${index}` },
    })),
  });
  return {
    version: 4,
    terraform_version: "1.9.8",
    serial: 41,
    lineage: "5e5b2d9e-6a5c-4c1e-9f6f-0f2b8f0f6a41",
    outputs: {},
    resources: [
      resource("aws_vpc", "main", 1),
      resource("aws_subnet", "private", 3),
      resource("aws_db_instance", "orders", 1),
      resource("aws_s3_bucket", "invoices", 2),
      resource("aws_route53_record", "www", 2),
    ],
    check_results: null,
  };
}
