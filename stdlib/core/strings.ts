// What the policy is called and made of, as compiler/wasm/strings.ts lays it out; all members are u32.

@unmanaged
export class Strings {
  effectCount: u32;
  effects: u32; // EffectNames[effectCount]
  ruleCount: u32;
  rules: u32; // RuleRecord[ruleCount]
  markCount: u32;
  /** SHA-256 of the mark table: 32 bytes. */
  digest: u32;
  /** For each kind an Effect with every field unknown, answering maybe. */
  anyEffects: u32;
}

@unmanaged
export class EffectNames {
  name: u32;
  nameLength: u32;
  floor: u32;
  fieldCount: u32;
  fields: u32; // FieldNames[fieldCount]
}

export const enum FieldForm { Value = 0, Answer = 1, Elements = 2 }

@unmanaged
export class FieldNames {
  name: u32;
  nameLength: u32;
  form: u32;
}

/** `raise` of a rule that raises nothing. */
export const NO_TIER: u32 = 0xffffffff;

@unmanaged
export class RuleRecord {
  name: u32;
  nameLength: u32;
  raise: u32;
  deny: u32;
  markCount: u32;
  marks: u32; // u32[markCount]
  /** 0 when there is none. */
  instead: u32;
  insteadLength: u32;
}
