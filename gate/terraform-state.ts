// What a Terraform state or plan file holds, in one line that a human reads before it is gone.
//
// The state's form is version 4 of https://developer.hashicorp.com/terraform/internals/json-format and its neighbours:
// `resources[]` with `mode`, `type` and `instances[]`; a plan in JSON has `resource_changes[]` with `change.actions`.

import { summaryTypesMax } from "./limits.ts";
import { clip, visible } from "./visible-text.ts";

/** `5 resource types: aws_instance (3), …`, sorted by count, then by name; null when the file is neither. */
export function summariseTerraform(bytes: Buffer): string | null {
  // A plan file is a zip archive, whose first member holds a form that only Terraform reads.
  if (bytes.subarray(0, 4).equals(Buffer.from("PK\u0003\u0004"))) return "a plan file";
  let value: unknown;
  try {
    value = JSON.parse(bytes.toString("utf8"));
  } catch {
    return null;
  }
  if (!isObject(value)) return null;
  if (value["version"] === 4 && Array.isArray(value["resources"])) return summarise(countInstances(value["resources"]));
  if (typeof value["format_version"] === "string" && Array.isArray(value["resource_changes"]))
    return summarise(countDestroyed(value["resource_changes"]));
  return null;
}

function countInstances(resources: readonly unknown[]): Map<string, number> {
  const counts = new Map<string, number>();
  for (const resource of resources) {
    if (!isObject(resource) || resource["mode"] === "data" || typeof resource["type"] !== "string") continue;
    const instances = Array.isArray(resource["instances"]) ? resource["instances"].length : 1;
    if (0 < instances) counts.set(resource["type"], (counts.get(resource["type"]) ?? 0) + instances);
  }
  return counts;
}

function countDestroyed(changes: readonly unknown[]): Map<string, number> {
  const counts = new Map<string, number>();
  for (const change of changes) {
    if (!isObject(change) || !isObject(change["change"]) || typeof change["type"] !== "string") continue;
    const actions = change["change"]["actions"];
    if (Array.isArray(actions) && actions.includes("delete"))
      counts.set(change["type"], (counts.get(change["type"]) ?? 0) + 1);
  }
  return counts;
}

function summarise(counts: Map<string, number>): string {
  const sorted = [...counts].sort(
    ([left, leftCount], [right, rightCount]) => rightCount - leftCount || (left < right ? -1 : 1),
  );
  const named = sorted.slice(0, summaryTypesMax).map(([type, count]) => `${clip(visible(type), 60)} (${count})`);
  if (summaryTypesMax < sorted.length) named.push(`and ${sorted.length - summaryTypesMax} more`);
  const head = `${counts.size} resource ${counts.size === 1 ? "type" : "types"}`;
  return named.length === 0 ? head : `${head}: ${named.join(", ")}`;
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
