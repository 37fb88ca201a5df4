import { expect, test } from "vitest";
import { summariseTerraform } from "../../gate/terraform-state.ts";

function summary(value: unknown): string | null {
  return summariseTerraform(Buffer.from(typeof value === "string" ? value : JSON.stringify(value)));
}

const resource = (type: string, count: number, mode = "managed") => ({
  mode,
  type,
  name: "x",
  instances: Array.from({ length: count }, () => ({})),
});

test("counts the instances of a state by type, data sources left out", () => {
  const resources = [
    resource("b", 1),
    resource("a", 1),
    resource("c", 3),
    resource("c", 1),
    resource("d", 9, "data"),
    resource("e", 0),
  ];
  expect(summary({ version: 4, resources })).toBe("3 resource types: c (4), a (1), b (1)");
  expect(summary({ version: 4, resources: [resource("a", 2)] })).toBe("1 resource type: a (2)");
  expect(summary({ version: 4, resources: [] })).toBe("0 resource types");
});

test("names no more than a dozen types", () => {
  const resources = Array.from({ length: 20 }, (_, index) => resource(`t${String(index).padStart(2, "0")}`, 1));
  expect(summary({ version: 4, resources })).toMatch(/^20 resource types: t00 \(1\), .*t11 \(1\), and 8 more$/);
});

test("counts what a plan in JSON destroys", () => {
  const change = (type: string, ...actions: string[]) => ({ type, change: { actions } });
  expect(
    summary({
      format_version: "1.2",
      resource_changes: [
        change("a", "delete"),
        change("a", "create", "delete"),
        change("b", "update"),
        change("c", "no-op"),
      ],
    }),
  ).toBe("1 resource type: a (2)");
});

test("says of a plan file what it is, and nothing of anything else", () => {
  expect(summary("PK\u0003\u0004rest")).toBe("a plan file");
  for (const other of ["", "{", "[]", "null", { version: 3, modules: [] }, { version: 4 }])
    expect(summary(other)).toBeNull();
});

test("shows no name of a type that could mislead", () => {
  expect(summary({ version: 4, resources: [resource("a\u202e\n", 1)] })).toBe("1 resource type: a\\u{202e}\\n (1)");
});
