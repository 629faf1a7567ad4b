/** Collects ONNX nodes and initializers, and makes the ModelProto. Knows nothing of axes. */
import { create, toBinary } from '@bufbuild/protobuf';
import type { AttributeProto, NodeProto, TensorProto, ValueInfoProto } from 'onnx-buf';
import {
  AttributeProto_AttributeType,
  AttributeProtoSchema,
  GraphProtoSchema,
  ModelProtoSchema,
  NodeProtoSchema,
  OperatorSetIdProtoSchema,
  StringStringEntryProtoSchema,
  TensorProto_DataLocation,
  TensorProto_DataType,
  TensorProtoSchema,
  TensorShapeProto_DimensionSchema,
  TensorShapeProtoSchema,
  TypeProto_TensorSchema,
  TypeProtoSchema,
  ValueInfoProtoSchema,
} from 'onnx-buf';
import type { DType } from './value.ts';

/** Bytes of a file that stands in the folder that the session is told of. */
export interface ExternalBytes {
  readonly location: string;
  readonly offset: number;
  readonly length: number;
}

export type OnnxType = DType | 'float16' | 'bfloat16' | 'float64' | 'uint8';

/** Whole numbers become ints and other values floats unless wrapped: `{ float: 1 }`. */
export type OnnxAttribute = number | string | readonly number[] | { readonly float: number };

export interface NodeOptions {
  readonly attributes?: Readonly<Record<string, OnnxAttribute>>;
  /** '' is ai.onnx. */
  readonly domain?: '' | 'com.microsoft';
}

/** A length, the name of a length that is known when the program runs, or null where that needs no name. */
export type OnnxDimension = number | string | null;

// RotaryEmbedding is the one operator that needs opset 23. SimplifiedLayerNormalization is ONNX Runtime's own, in ai.onnx.
const opset = { ai: 23, microsoft: 1, ir: 10 };

const dataTypes: Readonly<Record<OnnxType, TensorProto_DataType>> = {
  float32: TensorProto_DataType.FLOAT,
  int64: TensorProto_DataType.INT64,
  bool: TensorProto_DataType.BOOL,
  float16: TensorProto_DataType.FLOAT16,
  bfloat16: TensorProto_DataType.BFLOAT16,
  float64: TensorProto_DataType.DOUBLE,
  uint8: TensorProto_DataType.UINT8,
};

export function onnxTypeCode(type: OnnxType): number {
  return dataTypes[type];
}

export class OnnxWriter {
  readonly #name: string;
  readonly #nodes: NodeProto[] = [];
  readonly #initializers: TensorProto[] = [];
  readonly #inputs: ValueInfoProto[] = [];
  readonly #outputs: ValueInfoProto[] = [];
  readonly #once = new Map<string, string>();
  readonly #renamed = new Map<string, string>();
  #count = 0;

  constructor(name: string) {
    this.#name = name;
  }

  /** Adds a node with one result and returns the result's name. */
  node(operator: string, inputs: readonly string[], options: NodeOptions = {}): string {
    const result = this.#fresh(operator);
    this.#addNode(operator, inputs, [result], options);
    return result;
  }

  /** The second result of an operator that has two. */
  secondResult(operator: string, inputs: readonly string[], options: NodeOptions = {}): string {
    const results = [this.#fresh(operator), this.#fresh(operator)] as const;
    this.#addNode(operator, inputs, results, options);
    return results[1];
  }

  /** The same node on the same inputs is written once. */
  sharedNode(operator: string, inputs: readonly string[], options: NodeOptions = {}): string {
    return this.#cached(JSON.stringify([operator, inputs, options]), () => this.node(operator, inputs, options));
  }

  int64s(values: readonly number[]): string {
    return this.#constant('int64', values, [values.length], BigInt64Array.from(values, BigInt));
  }

  int64(value: number): string {
    return this.#constant('int64', [value], [], BigInt64Array.of(BigInt(value)));
  }

  floats(values: readonly number[], dims: readonly number[]): string {
    return this.#constant('float32', values, dims, Float32Array.from(values));
  }

  bytes(values: readonly number[], dims: readonly number[]): string {
    return this.#constant('uint8', values, dims, Uint8Array.from(values));
  }

  external(hint: string, type: OnnxType, dims: readonly number[], bytes: ExternalBytes): string {
    return this.#cached(JSON.stringify([type, dims, bytes]), () => {
      const name = this.#fresh(hint);
      this.#initializers.push(
        create(TensorProtoSchema, {
          name,
          dims: dims.map(BigInt),
          dataType: dataTypes[type],
          dataLocation: TensorProto_DataLocation.EXTERNAL,
          externalData: [
            create(StringStringEntryProtoSchema, { key: 'location', value: bytes.location }),
            create(StringStringEntryProtoSchema, { key: 'offset', value: String(bytes.offset) }),
            create(StringStringEntryProtoSchema, { key: 'length', value: String(bytes.length) }),
          ],
        }),
      );
      return name;
    });
  }

  input(name: string, type: OnnxType, dims: readonly OnnxDimension[]): void {
    this.#inputs.push(valueInfo(name, type, dims));
  }

  /** The tensor `from` as a result of the model, under its new name at once where a node makes it, else as a copy. No node may be added afterwards. */
  output(name: string, type: OnnxType, dims: readonly OnnxDimension[], from: string): void {
    const isMade = this.#nodes.some((node) => node.output.includes(from));
    if (isMade) this.#rename(from, name);
    else this.#addNode('Identity', [this.#renamed.get(from) ?? from], [name], {});
    this.#outputs.push(valueInfo(name, type, dims));
  }

  model(): Uint8Array {
    const graph = create(GraphProtoSchema, {
      name: this.#name,
      node: this.#nodes,
      initializer: this.#initializers,
      input: this.#inputs,
      output: this.#outputs,
    });
    const opsetImport = [
      create(OperatorSetIdProtoSchema, { domain: '', version: BigInt(opset.ai) }),
      create(OperatorSetIdProtoSchema, { domain: 'com.microsoft', version: BigInt(opset.microsoft) }),
    ];
    return toBinary(
      ModelProtoSchema,
      create(ModelProtoSchema, { irVersion: BigInt(opset.ir), producerName: 'headscope', opsetImport, graph }),
    );
  }

  #rename(from: string, to: string): void {
    const renamed = (names: readonly string[]) => names.map((name) => (name === from ? to : name));
    for (const node of this.#nodes) {
      node.input = renamed(node.input);
      node.output = renamed(node.output);
    }
    this.#renamed.set(from, to);
  }

  #addNode(operator: string, inputs: readonly string[], outputs: readonly string[], options: NodeOptions): void {
    this.#nodes.push(
      create(NodeProtoSchema, {
        name: `${operator}#${this.#nodes.length}`,
        opType: operator,
        domain: options.domain ?? '',
        input: [...inputs],
        output: [...outputs],
        attribute: Object.entries(options.attributes ?? {}).map(([name, value]) => attribute(name, value)),
      }),
    );
  }

  #constant(
    type: 'int64' | 'float32' | 'uint8',
    values: readonly number[],
    dims: readonly number[],
    data: BigInt64Array | Float32Array | Uint8Array,
  ): string {
    return this.#cached(JSON.stringify([type, dims, values.map(String)]), () => {
      const name = this.#fresh('constant');
      const rawData = new Uint8Array(data.buffer as ArrayBuffer, data.byteOffset, data.byteLength);
      this.#initializers.push(
        create(TensorProtoSchema, { name, dims: dims.map(BigInt), dataType: dataTypes[type], rawData }),
      );
      return name;
    });
  }

  #cached(key: string, make: () => string): string {
    const known = this.#once.get(key);
    if (known !== undefined) return known;
    const name = make();
    this.#once.set(key, name);
    return name;
  }

  // No name of an input or an output holds a '#'.
  #fresh(hint: string): string {
    return `${hint}#${this.#count++}`;
  }
}

function attribute(name: string, value: OnnxAttribute): AttributeProto {
  const types = AttributeProto_AttributeType;
  if (typeof value === 'string')
    return create(AttributeProtoSchema, { name, type: types.STRING, s: new TextEncoder().encode(value) });
  if (typeof value === 'number') return create(AttributeProtoSchema, { name, type: types.INT, i: BigInt(value) });
  if ('float' in value) return create(AttributeProtoSchema, { name, type: types.FLOAT, f: value.float });
  return create(AttributeProtoSchema, { name, type: types.INTS, ints: value.map(BigInt) });
}

function dimensionValue(size: OnnxDimension) {
  if (size === null) return { case: undefined };
  return typeof size === 'number'
    ? { case: 'dimValue' as const, value: BigInt(size) }
    : { case: 'dimParam' as const, value: size };
}

function valueInfo(name: string, type: OnnxType, dims: readonly OnnxDimension[]): ValueInfoProto {
  const dim = dims.map((size) =>
    create(TensorShapeProto_DimensionSchema, {
      value: dimensionValue(size),
    }),
  );
  const shape = create(TensorShapeProtoSchema, { dim });
  const tensorType = create(TypeProto_TensorSchema, { elemType: dataTypes[type], shape });
  return create(ValueInfoProtoSchema, {
    name,
    type: create(TypeProtoSchema, { value: { case: 'tensorType', value: tensorType } }),
  });
}
