// Small policies as IR, for tests that need no parser.

import type {
  Cond,
  EffectIr,
  FieldIr,
  GateIr,
  Operand,
  PolicyIr,
  RuleIr,
  SourceSpan,
  ToolIr,
} from "../../compiler/ir/ir.ts";

export const SPAN: SourceSpan = { source: 0, start: 0, end: 0 };

function effect(name: string, floor: EffectIr["floor"], fields: readonly FieldIr[]): EffectIr {
  return { name, floor, fields, span: SPAN };
}

/** The effects that the core gives by itself, and one with a field of every form. Sorted by name. */
export const EFFECTS: readonly EffectIr[] = [
  effect("code.run", "commitment", [
    { name: "language", type: "text" },
    { name: "source", type: "text" },
    { name: "path", type: "path" },
    { name: "text", type: "text" },
  ]),
  effect("file.delete", "safe", [
    { name: "path", type: "path" },
    { name: "recursive", type: "bool" },
  ]),
  effect("file.read", "safe", [{ name: "path", type: "path" }]),
  effect("file.write", "safe", [
    { name: "path", type: "path" },
    { name: "append", type: "bool" },
  ]),
  effect("net.send", "safe", [
    { name: "host", type: "host" },
    { name: "port", type: "int" },
  ]),
  effect("process.exec", "sensitive", [{ name: "program", type: "text" }]),
  effect("probe.value", "safe", [
    { name: "text", type: "text" },
    { name: "flag", type: "bool" },
    { name: "list", type: "list" },
  ]),
  effect("tool.call", "sensitive", [{ name: "name", type: "text" }]),
];

export function policy(parts: Partial<PolicyIr>): PolicyIr {
  return {
    name: "test",
    sources: [{ name: "test.pawl", digest: "0".repeat(64), lines: [0] }],
    effects: EFFECTS,
    commands: [],
    variables: [],
    tools: [],
    rules: [],
    marks: [],
    gates: [],
    sandboxes: [],
    kernelEffects: [],
    tests: [],
    unknownWordsMayBeOptions: true,
    ...parts,
  };
}

export function rule(name: string, on: readonly string[], parts: Partial<RuleIr>): RuleIr {
  return {
    name,
    effects: on,
    when: [],
    unless: [],
    raise: null,
    deny: false,
    marks: [],
    because: [],
    ordinaryNames: false,
    instead: null,
    span: SPAN,
    ...parts,
  };
}

export function gate(parts: Partial<GateIr>): GateIr {
  return {
    when: [],
    verdicts: ["allow", "allow", "allow", "require_approval"],
    malformed: "require_approval",
    oversized: "require_approval",
    approvalSeconds: 600,
    span: null,
    ...parts,
  };
}

export function field(name: string): Operand {
  return { kind: "field", name };
}

export function input(...path: string[]): Operand {
  return { kind: "input", path, item: false };
}

export function is(subject: Operand, ...texts: string[]): Cond {
  return { kind: "match", subject, patterns: texts.map((text) => ({ kind: "literal", text })) };
}

/** A tool whose input's members are the fields of `probe.value`. */
export const PROBE: ToolIr = {
  names: [{ kind: "literal", text: "probe" }],
  body: [
    {
      kind: "clause",
      clause: {
        kind: "does",
        effect: "probe.value",
        args: [
          { kind: "value", operand: input("text") },
          { kind: "value", operand: input("flag") },
          { kind: "value", operand: input("list") },
        ],
        span: SPAN,
      },
    },
  ],
  observer: false,
  span: SPAN,
};
