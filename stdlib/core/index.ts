// What the core exports: the interface of a compiled policy, and what generated code calls. The linker strips the latter.

import { forEachCount as countOf, forEachEnter as enter, inputNode, toolValue } from "./action";
import { OperandTable } from "./tables";

export { pawl_abi, pawl_data, pawl_decide, pawl_input, pawl_join, pawl_report, pawl_report_length, pawl_session } from "./decide";
export { absent, absentList, compare, truth } from "./compare";
export { runToolClause } from "./clause";
export { ordinaryEffect } from "./clause-does";
export { forEachLeave } from "./action";
export { heapTop, release } from "./heap";
export { listValue } from "./lists";
export { knownLength, match } from "./match";
export { inNetwork } from "./network";
export { evidence, operand, operandList, operandTruth } from "./operand";
export { part } from "./parts";
export { covers, hasOpenName, normalise, resultLength, resultPointer, resultTrusted, same, under } from "./path";
export { reportAnswer, reportList, reportText, reportValue } from "./report";
export { fire } from "./rules";
export { sessionCount, sessionHas, sessionTier } from "./session";

/** The action's tool, as a Value. */
export function toolName(): u32 {
  return toolValue();
}

/** How often `for each` over this Input operand runs; −1: once, over an item that nobody knows. */
export function forEachCount(address: u32): i32 {
  return countOf(nodeOf(address));
}

export function forEachEnter(address: u32, index: i32): void {
  enter(nodeOf(address), index);
}

function nodeOf(address: u32): i32 {
  const operand = changetype<OperandTable>(address);
  return inputNode(operand.a, operand.b, operand.c != 0);
}
