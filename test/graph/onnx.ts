/** Looks into lowered programs. */
import { readFileSync } from 'node:fs';
import { fromBinary } from '@bufbuild/protobuf';
import type { ModelProto } from 'onnx-buf';
import { ModelProtoSchema } from 'onnx-buf';
import type { LoweredProgram } from '../../engine/graph/lower.ts';

export function parseModel(program: LoweredProgram): ModelProto {
  return fromBinary(ModelProtoSchema, program.model);
}

/** Operators in program order. */
export function operatorsOf(program: LoweredProgram): string[] {
  return nodeOperators(parseModel(program));
}

/** Operators that ONNX Runtime is left with after its own rewriting, as it saved them. */
export function savedOperators(path: string): string[] {
  return nodeOperators(fromBinary(ModelProtoSchema, readFileSync(path)));
}

function nodeOperators(model: ModelProto): string[] {
  return (model.graph?.node ?? []).map(({ opType }) => opType);
}
