/** Heads taken out of a checkpoint: what the new folder holds, tensor by tensor, read when it is written. */
import { usedTensors } from '../../arch/checkWeights.ts';
import type { Config } from '../../arch/architecture.ts';
import type { ModelFiles, StoredTensor } from '../../files/modelFiles.ts';
import { keepParts, cutShape, zeroParts } from '../../files/headsLeftOut.ts';
import type { PrunedRecord } from '../../files/prunedRecord.ts';
import { readFloat32, readStored } from '../../files/readTensor.ts';
import { blockLayouts, isBlockType, valueCount } from '../../files/storedTypes.ts';
import type { TensorToStream } from '../../files/streamSafetensors.ts';
import type { TensorCut } from '../../files/tensorCut.ts';
import type { ModelDescription } from '../../run/index.ts';
import type { Compensation, MeanOutputs, NewBias } from './biasCompensation.ts';
import { biasCompensation } from './biasCompensation.ts';
import { headCuts } from './headCuts.ts';
import type { HeadsByLayer } from './headsByLayer.ts';
import { emptyGroups, keptHeads, requireKept } from './headsByLayer.ts';
import type { RemovalRule } from './removalRule.ts';
import { removalRule } from './removalRule.ts';

export interface SurgeryRequest {
  readonly removed: HeadsByLayer;
  /** `zero`: same shapes, output projections of removed heads are 0. `remove`: smaller tensors. */
  readonly form: 'zero' | 'remove';
  /** Of the heads of the whole model; null: nothing takes the place of what is removed. */
  readonly means: MeanOutputs | null;
}

export interface Surgery {
  /** Keys of the config that change. */
  readonly configChanges: Config;
  readonly tensors: readonly TensorToStream[];
  readonly record: PrunedRecord;
  readonly before: ModelSizes;
  readonly after: ModelSizes;
  readonly warnings: readonly string[];
}

export interface ModelSizes {
  readonly parameters: number;
  /** Of the weights as stored. */
  readonly bytes: number;
  /** Keys and values of one token in float32, all layers. */
  readonly kvBytesPerToken: number;
}

/**
 * Throws Fault where `remove` would empty a layer, where the family can't lose heads, and where means have no bias to go to.
 * GGUF tensors come out as float32 under Hugging Face's names; others keep their type and, where no head is in them, their bytes.
 */
export async function surgery(description: ModelDescription, request: SurgeryRequest): Promise<Surgery> {
  const { files, family } = description;
  const { removed, form, means } = request;
  if (form === 'remove') requireKept(family.shape, removed, 1);
  const rule =
    form === 'zero'
      ? zeroRule(files, means !== null)
      : removalRule(description.architecture, family, files.config, removed);
  const source = files.format === 'gguf' ? usedTensors(family, files.tensors) : files.tensors;
  const cuts = headCuts(family, source, removed, form === 'zero' ? 'out' : 'all');
  const plainConfig = rule.form === 'config' ? rule.config : files.config;
  const on = { architecture: description.architecture, family, tensors: source };
  const compensation = means === null ? null : await biasCompensation(on, plainConfig, removed, means);
  const tensors = outTensors(source, cuts, form, compensation);
  return {
    configChanges: configChanges(files, compensation?.config ?? plainConfig),
    tensors,
    record: recordOf(description, removed, rule, cuts, compensation),
    before: { ...sizesOf([...source.values()]), kvBytesPerToken: kvBytes(description, null) },
    after: { ...sizesOf(tensors), kvBytesPerToken: kvBytes(description, form === 'zero' ? null : removed) },
    warnings: warningsOf(files),
  };
}

function zeroRule({ format }: ModelFiles, compensates: boolean): { readonly form: 'zeroed'; readonly words: string } {
  const others =
    format === 'gguf'
      ? 'all others are as the GGUF file has them, in float32'
      : 'all others are byte for byte the same';
  const biases = compensates ? 'output biases hold what they wrote on average, ' : '';
  const loads = compensates
    ? 'a program that reads output biases of attention loads it'
    : 'any program that loads the model loads this one';
  return { form: 'zeroed', words: `the output projections of removed heads are 0, ${biases}${others}: ${loads}` };
}

function outTensors(
  source: ReadonlyMap<string, StoredTensor>,
  cuts: ReadonlyMap<string, TensorCut>,
  form: SurgeryRequest['form'],
  compensation: Compensation | null,
): TensorToStream[] {
  const biases = [...(compensation?.compensated ?? []), ...(compensation?.zeros ?? [])];
  const replaced = new Set(biases.map(({ name }) => name));
  const kept = [...source.values()].filter(({ name }) => !replaced.has(name));
  return [...kept.map((tensor) => outTensor(tensor, cuts.get(tensor.name), form)), ...biases.map(biasTensor)];
}

function outTensor(tensor: StoredTensor, cut: TensorCut | undefined, form: SurgeryRequest['form']): TensorToStream {
  const { name, type: stored } = tensor;
  const plain = tensor.stored === undefined && !isBlockType(stored) ? stored : null;
  const type = plain ?? 'F32';
  const read = () => (plain === null ? readFloat32(tensor).then(bytesOf) : readStored(tensor));
  if (cut === undefined) return { name, type, shape: tensor.shape, read };
  const apply = form === 'zero' ? zeroParts : keepParts;
  return {
    ...{ name, type, shape: form === 'zero' ? tensor.shape : cutShape(cut) },
    read: async () => apply(await read(), cut, blockLayouts[type].bytes),
  };
}

function biasTensor({ name, shape, values }: NewBias): TensorToStream {
  return { name, type: 'F32', shape, read: () => Promise.resolve(bytesOf(values)) };
}

function bytesOf(values: Float32Array): Uint8Array {
  return new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
}

/** What the config of the model to be says anew; a GGUF file's lacks the type that the weights have now. */
function configChanges({ format, config: before }: ModelFiles, after: Config): Config {
  const changed = Object.entries(after).filter(([key, value]) => before[key] !== value);
  return Object.fromEntries([...changed, ...(format === 'gguf' ? [['torch_dtype', 'float32']] : [])]);
}

function recordOf(
  { files, family: { shape } }: ModelDescription,
  removed: HeadsByLayer,
  rule: RemovalRule | ReturnType<typeof zeroRule>,
  cuts: ReadonlyMap<string, TensorCut>,
  compensation: Compensation | null,
): PrunedRecord {
  const layers = Array.from({ length: shape.layers }, (_, layer) => layer);
  const groups = layers.map((layer) => [layer, emptyGroups(shape, removed, layer)] as const);
  const before = files.originalHeads;
  const originals = (layer: number, heads: readonly number[]) => heads.map((head) => before?.[layer]?.[head] ?? head);
  return {
    ...{ format: 'headscope-pruned', version: 1, form: rule.form, rule: rule.words },
    source: { name: files.name, fingerprint: files.fingerprint },
    heads_removed: byLayer([...removed]),
    kv_groups_removed: byLayer(groups.filter(([, list]) => list.length > 0)),
    original_index: byLayer(layers.map((layer) => [layer, originals(layer, keptHeads(shape, removed, layer))])),
    ...(before === undefined || rule.form === 'config' ? {} : { original_heads: byLayer([...before.entries()]) }),
    tensors: [...cuts].map(([tensor, { shape: full, axis, units, keep }]) => ({
      ...{ tensor, shape: [...full], axis, units, keep: [...keep] },
    })),
    bias_compensation: (compensation?.compensated ?? []).map(({ name }) => name),
  };
}

function byLayer(entries: readonly (readonly [number, readonly number[]])[]): Record<string, number[]> {
  return Object.fromEntries(entries.map(([layer, list]) => [String(layer), [...list]]));
}

function sizesOf(tensors: readonly (TensorToStream | StoredTensor)[]): Omit<ModelSizes, 'kvBytesPerToken'> {
  const count = ({ shape }: { readonly shape: readonly number[] }) => valueCount(shape);
  const bytes = tensors.map((tensor) =>
    'length' in tensor ? tensor.length : count(tensor) * blockLayouts[tensor.type].bytes,
  );
  return { parameters: sum(tensors.map(count)), bytes: sum(bytes) };
}

// 2 (key and value) * groups that stay * head width * 4 bytes, over layers.
function kvBytes({ family: { shape } }: ModelDescription, removed: HeadsByLayer | null): number {
  const groups = Array.from({ length: shape.layers }, (_, layer) =>
    removed === null ? shape.kvHeads : shape.kvHeads - emptyGroups(shape, removed, layer).length,
  );
  return 2 * 4 * shape.headWidth * sum(groups);
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}

function warningsOf({ format, config }: ModelFiles): string[] {
  const scaling = config['rope_scaling'];
  const isOurs = format === 'gguf' && typeof scaling === 'object' && scaling !== null && 'factors' in scaling;
  return isOurs ? ['rope_scaling holds the factors of the GGUF file, which only headscope reads'] : [];
}
