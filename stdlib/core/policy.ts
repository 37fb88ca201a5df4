// What the core needs from the policy: functions that compiler/wasm generates and links in place of these imports.

/** The root of the tables that compiler/wasm/tables.ts lays out. */
// @ts-ignore: decorator
@external("policy", "table") export declare function table(): u32;

/** The root of what rules.ts, session.ts and report.ts read: see compiler/wasm/strings.ts. */
// @ts-ignore: decorator
@external("policy", "strings") export declare function strings(): u32;

/** Decides one effect of this kind: calls `fire` for each rule that does not answer no. */
// @ts-ignore: decorator
@external("policy", "rules") export declare function rules(kind: u32, effect: u32): void;

/** Writes a rule's `because` for one effect into the report. */
// @ts-ignore: decorator
@external("policy", "reason") export declare function reason(rule: u32, effect: u32): void;

/** The greatest verdict over the gates that apply. */
// @ts-ignore: decorator
@external("policy", "gate") export declare function gate(tier: u32): u32;

/** The verdict of a malformed action. */
// @ts-ignore: decorator
@external("policy", "malformedVerdict") export declare function malformedVerdict(): u32;

/** The verdict of an oversized action. */
// @ts-ignore: decorator
@external("policy", "oversizedVerdict") export declare function oversizedVerdict(): u32;

/** The shortest time that an approval holds over the gates that apply, in seconds. */
// @ts-ignore: decorator
@external("policy", "approvalSeconds") export declare function approvalSeconds(): u32;

/** The same over all gates, for an action that no gate can be asked about. */
// @ts-ignore: decorator
@external("policy", "approvalSecondsLeast") export declare function approvalSecondsLeast(): u32;

/** Runs every tool declaration whose names match; answers whether one that is no observer matched. */
// @ts-ignore: decorator
@external("policy", "tool") export declare function tool(): i32;

/** The answer of a usage line's condition. */
// @ts-ignore: decorator
@external("policy", "condition") export declare function condition(id: u32): i32;
