/** A model without some heads as one ONNX graph with a cache, its weights in a file beside it. */
import type { Family } from '../../arch/architecture.ts';
import { cutShape, keepParts, zeroParts } from '../../files/headsLeftOut.ts';
import type { StoredTensor } from '../../files/modelFiles.ts';
import { readFloat32 } from '../../files/readTensor.ts';
import type { TensorCut } from '../../files/tensorCut.ts';
import type { LoweredProgram } from '../../graph/lower.ts';
import { lower } from '../../graph/lower.ts';
import type { ModelDescription } from '../../run/index.ts';
import { headCuts, tensorOf } from '../surgery/headCuts.ts';
import type { HeadsByLayer } from '../surgery/headsByLayer.ts';
import type { DecoderWeight } from './decoderGraph.ts';
import { decoderGraph } from './decoderGraph.ts';
import { layerFamilies } from './layerFamilies.ts';

/** Name of the file of weights, as in exports of Hugging Face's Optimum. */
export const dataFile = 'model.onnx_data';

/** What a program needs to know to feed the graph. */
export interface OnnxPorts {
  readonly inputs: LoweredProgram['inputs'];
  readonly outputs: LoweredProgram['outputs'];
}

export interface OnnxExport {
  readonly ports: OnnxPorts;
  /** ModelProto: model.onnx. */
  readonly model: Uint8Array;
  /** Bytes of the file of weights, float32, in order. */
  data(): AsyncGenerator<Uint8Array>;
  readonly dataBytes: number;
  readonly parameters: number;
  /** KV heads of each layer's cache. */
  readonly kvHeads: readonly number[];
  /** Layers of which removed heads stay in the graph as zeros. */
  readonly zeroedLayers: readonly number[];
}

/** Memory-mapped weights begin at multiples of this. */
const ALIGNMENT = 64;

/** Throws Fault where the graph can't be made; see decoderGraph. Reads no weights: `data` does, one at a time. */
export function onnxExport(description: ModelDescription, removed: HeadsByLayer): OnnxExport {
  const { family, files } = description;
  const layers = layerFamilies(description, removed);
  const own = (layer: number): Family => layers[layer]?.family ?? family;
  const { graph, weights } = decoderGraph(family, own);
  const places = placesOf(weights);
  const { model, inputs, outputs } = lower(graph, {
    storage: (name) => {
      const place = places.get(name);
      if (place === undefined) throw new RangeError(`no place for ${name}`);
      return { kind: 'external', type: 'F32', location: dataFile, ...place };
    },
  });
  const ofLayers = (smaller: boolean) =>
    new Map([...removed].filter(([layer]) => layers[layer]?.isSmaller === smaller));
  const cuts: Cuts = {
    smaller: headCuts(family, files.tensors, ofLayers(true), 'all'),
    zeroed: headCuts(family, files.tensors, ofLayers(false), 'out'),
  };
  const sizes = [...places.values()];
  return {
    ports: { inputs, outputs },
    model,
    data: () => weightBytes(weights, files.tensors, cuts),
    dataBytes: sizes.reduce((end, { offset, length }) => Math.max(end, offset + length), 0),
    parameters: sizes.reduce((total, { length }) => total + length / 4, 0),
    kvHeads: layers.map((layer) => layer.family.shape.kvHeads),
    zeroedLayers: [...ofLayers(false).keys()],
  };
}

interface Cuts {
  readonly smaller: ReadonlyMap<string, TensorCut>;
  readonly zeroed: ReadonlyMap<string, TensorCut>;
}

function placesOf(weights: readonly DecoderWeight[]): ReadonlyMap<string, { offset: number; length: number }> {
  let end = 0;
  return new Map(
    weights.map(({ name, source }) => {
      const offset = Math.ceil(end / ALIGNMENT) * ALIGNMENT;
      const length = 4 * source.axes.reduce((product, { size }) => product * size, 1);
      end = offset + length;
      return [name, { offset, length }] as const;
    }),
  );
}

async function* weightBytes(
  weights: readonly DecoderWeight[],
  tensors: ReadonlyMap<string, StoredTensor>,
  cuts: Cuts,
): AsyncGenerator<Uint8Array> {
  const places = placesOf(weights);
  let written = 0;
  for (const weight of weights) {
    const { offset, length } = places.get(weight.name) ?? { offset: 0, length: 0 };
    if (offset > written) yield new Uint8Array(offset - written);
    const bytes = await bytesOf(weight, tensors, cuts);
    if (bytes.byteLength !== length) {
      throw new RangeError(`${weight.name}: expected ${length} bytes, got ${bytes.byteLength}`);
    }
    yield bytes;
    written = offset + length;
  }
}

/** The weight's values in float32, without the parts of removed heads; its rows are those of what is left. */
async function bytesOf(
  { name, source }: DecoderWeight,
  tensors: ReadonlyMap<string, StoredTensor>,
  { smaller, zeroed }: Cuts,
): Promise<Uint8Array> {
  const tensor = tensorOf(source, tensors);
  if (tensor === undefined) throw new RangeError(`no tensor for ${name}`);
  const [cut, zeros] = [smaller.get(tensor.name), zeroed.get(tensor.name)];
  const { buffer, byteOffset, byteLength } = await readFloat32(tensor);
  const all = new Uint8Array(buffer, byteOffset, byteLength);
  const kept = cut === undefined ? all : keepParts(all, cut, 4);
  const bytes = zeros === undefined ? kept : zeroParts(kept, zeros, 4);
  if (source.rows === undefined) return bytes;
  const [rows = 1] = cut === undefined ? tensor.shape : cutShape(cut);
  const row = bytes.byteLength / rows;
  return bytes.subarray(source.rows[0] * row, source.rows[1] * row);
}
