// `pawl init [FILE]`: a starter policy with a test, to be changed by its owner.

import { existsSync, writeFileSync } from "node:fs";
import { basename } from "node:path";
import { CommandError, OK } from "../exit.ts";
import { cannotWrite } from "../system-files.ts";
import { print } from "../terminal.ts";

/** Writes the starter policy; never over an existing file. */
export function init(file: string): number {
  if (existsSync(file))
    throw new CommandError(`${file} is there already`, { help: "name another file: `pawl init FILE`" });
  try {
    writeFileSync(file, starterPolicy(policyName(file)), { flag: "wx" });
  } catch (error) {
    throw cannotWrite(file, error);
  }
  print(`Wrote ${file}. Next: \`pawl test ${file}\`.`);
  return OK;
}

/** An identifier made from the file's name. */
function policyName(file: string): string {
  const name = basename(file, ".pawl")
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, "_")
    .replaceAll(/^[_0-9]+|_+$/g, "");
  return name === "" ? "my_agent" : name;
}

function starterPolicy(name: string): string {
  return `policy ${name}

use std

// What must not happen without a human, by its effect and not by its spelling.
rule destroys_infrastructure {
  on infra.destroy
  raise irreversible
  because "{tool} destroys {target}; nothing brings it back"
  instead \`terraform plan -destroy\`
}

rule deletes_outside_workspace {
  on file.delete
  when not path under workspace
  raise irreversible
  because "{path} lies outside the workspace"
}

gate {
  safe          allow
  sensitive     allow
  commitment    allow
  irreversible  require approval for 10m
}

test "destroying stops, talking about it does not" {
  \`terraform plan\`               passes
  \`terraform destroy\`            stops by destroys_infrastructure
  \`bash -c "terraform destroy"\`  stops by destroys_infrastructure
  \`echo "terraform destroy"\`     is safe
}

test "deleting" {
  \`rm -r dist\`       passes
  \`rm -r /srv/data\`  stops by deletes_outside_workspace
}
`;
}
