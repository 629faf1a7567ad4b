/**
 * Weights of an open model. Float weights are one set of fp32 buffers, fed to every program as inputs, so that all layers
 * of one shape run in the same session and variants cost no memory; weights kept quantised are initializers.
 */
import { basename, dirname } from 'node:path';
import type { Weights } from '../arch/architecture.ts';
import type { ModelFiles, StoredTensor } from '../files/modelFiles.ts';
import { hasBlocks, readBlocks, readFloat32 } from '../files/readTensor.ts';
import type { ExternalBytes, ParameterStorage } from '../graph/lower.ts';
import type { LocatedWeight } from './locateWeight.ts';
import { locateWeight } from './locateWeight.ts';
import type { Feed, MemoryInitializer } from './ort.ts';

/**
 * How weights are held. `float32`: read once into fp32 buffers (the reference, and the fastest). `quantised`: in the blocks
 * they are stored in. `mapped`: float32 matrices stay in the user's file, which the system maps and may drop again, so
 * that a model larger than memory opens; slower, for nothing is packed and layers can't share a session.
 */
export type WeightMode = 'float32' | 'quantised' | 'mapped';

/** What a program does with its matrices: multiplies by them, or looks rows up (and may multiply too). */
export type WeightUse = 'products' | 'rows';

/** What a program needs to find its weights. */
export interface ProgramWeights {
  /** By parameter name. */
  readonly storage: ReadonlyMap<string, ParameterStorage>;
  /** Bytes of the initializers; needed until the session is made. */
  readonly memory: readonly MemoryInitializer[];
  /** Real folder of the files that initializers point into. */
  readonly folder: string | undefined;
  /** Parameters that are fed at each run. */
  readonly feeds: Readonly<Record<string, Feed>>;
}

export class WeightStore {
  readonly #files: ModelFiles;
  readonly #mode: WeightMode;
  /** fp32 values by tensor and rows: a tied embedding is held once. */
  readonly #buffers = new Map<string, Promise<Float32Array>>();

  constructor(files: ModelFiles, mode: WeightMode) {
    this.#files = files;
    this.#mode = mode;
  }

  /** Reads what is not read yet. Throws Fault for a missing tensor, or for one that holds a NaN or an infinity. */
  async weightsOf(names: readonly string[], weights: Weights, use: WeightUse): Promise<ProgramWeights> {
    const parts: Part[] = [];
    const folder = this.#mode === 'mapped' ? this.#folder(names, weights) : undefined;
    for (const name of names) parts.push(await this.#part(name, locateWeight(this.#files, weights, name), folder, use));
    return {
      storage: new Map(parts.map(({ name, storage }) => [name, storage])),
      memory: parts.flatMap(({ memory }) => memory),
      folder,
      feeds: Object.assign({}, ...parts.map(({ feeds }) => feeds)),
    };
  }

  #part(name: string, located: LocatedWeight, folder: string | undefined, use: WeightUse): Part | Promise<Part> {
    const { tensor, source } = located;
    const isMapped = folder !== undefined && canMap(tensor, source.axes) && dirname(tensor.file) === folder;
    if (isMapped) return mappedPart(name, located);
    return keepsBlocks(located, this.#mode) ? blocksPart(name, located, use) : this.#input(name, located);
  }

  /** A session points into one folder: that of the first weight that can stay in its file. */
  #folder(names: readonly string[], weights: Weights): string | undefined {
    const located = names.map((name) => locateWeight(this.#files, weights, name));
    const first = located.find(({ tensor, source }) => canMap(tensor, source.axes));
    return first === undefined ? undefined : dirname(first.tensor.file);
  }

  async #input(name: string, { tensor, source }: LocatedWeight): Promise<Part> {
    const key = `${tensor.name}[${source.rows?.join(':') ?? ''}]`;
    const reading = this.#buffers.get(key) ?? readFloat32(tensor, source.rows);
    this.#buffers.set(key, reading);
    const feed: Feed = { data: await reading, shape: source.axes.map(({ size }) => size) };
    return { name, storage: { kind: 'input' }, memory: [], feeds: { [name]: feed } };
  }
}

interface Part {
  readonly name: string;
  readonly storage: ParameterStorage;
  readonly memory: readonly MemoryInitializer[];
  readonly feeds: Readonly<Record<string, Feed>>;
}

/** Float32 as it lies in the file, and large enough to be worth it. */
export function canMap({ type, stored }: StoredTensor, axes: readonly unknown[]): boolean {
  return type === 'F32' && stored === undefined && axes.length >= 2;
}

function mappedPart(name: string, { tensor, source }: LocatedWeight): Part {
  const [from, to] = source.rows ?? [0, tensor.shape[0] ?? 1];
  const rowBytes = 4 * tensor.shape.slice(1).reduce((product, n) => product * n, 1);
  const bytes = { offset: tensor.offset + from * rowBytes, length: (to - from) * rowBytes };
  const storage = { kind: 'external', type: 'F32', location: basename(tensor.file), ...bytes } as const;
  return { name, storage, memory: [], feeds: {} };
}

/** Blocks run along the last stored axis: matrices only. */
function keepsBlocks({ tensor, source }: LocatedWeight, mode: WeightMode): boolean {
  return mode === 'quantised' && hasBlocks(tensor) && source.axes.length >= 2;
}

async function blocksPart(name: string, { tensor, source }: LocatedWeight, use: WeightUse): Promise<Part> {
  const blocks = await readBlocks(tensor, source.rows);
  const codes = memoryEntry(`${name}.codes`, blocks.codes);
  const scales = memoryEntry(`${name}.scales`, blocks.scales);
  const minimums = blocks.minimums === null ? null : memoryEntry(`${name}.minimums`, blocks.minimums);
  const { bits, blockSize } = blocks;
  const bytes = { codes: codes.bytes, scales: scales.bytes, minimums: minimums?.bytes ?? null };
  const split = bits === 8 && use === 'products' ? halvesOf(name, blocks.codes) : null;
  const halves = split === null ? {} : { halves: { high: split.high.bytes, low: split.low.bytes } };
  const parts = [codes, scales, minimums, split?.high, split?.low];
  return {
    name,
    storage: { kind: 'blocks', bits, blockSize, ...bytes, ...halves },
    memory: parts.filter((part) => part !== null && part !== undefined),
    feeds: {},
  };
}

/** code = 16 high + low; two per byte, the lower index in the low half. */
function halvesOf(name: string, codes: Uint8Array): { readonly high: MemoryEntry; readonly low: MemoryEntry } {
  const high = new Uint8Array(codes.length / 2);
  const low = new Uint8Array(codes.length / 2);
  for (let i = 0; i < high.length; i++) {
    const [even, odd] = [codes[2 * i] ?? 0, codes[2 * i + 1] ?? 0];
    high[i] = (even >> 4) | (odd & 0xf0);
    low[i] = (even & 0x0f) | (odd << 4);
  }
  return { high: memoryEntry(`${name}.high`, high), low: memoryEntry(`${name}.low`, low) };
}

interface MemoryEntry extends MemoryInitializer {
  readonly bytes: ExternalBytes;
}

// The location of an in-memory initializer is only a name.
function memoryEntry(name: string, data: Float32Array | Uint8Array): MemoryEntry {
  const bytes = new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
  const path = `memory:${name}`;
  return { path, data: bytes, bytes: { location: path, offset: 0, length: bytes.byteLength } };
}
