/**
 * Weights of an open model. Float weights are one set of fp32 buffers, fed to every program as inputs, so that all layers
 * of one shape run in the same session and variants cost no memory; weights kept quantised are initializers.
 */
import type { Weights, WeightSource } from '../arch/architecture.ts';
import type { ModelFiles, StoredTensor } from '../files/modelFiles.ts';
import { hasBlocks, readBlocks, readFloat32 } from '../files/readTensor.ts';
import type { ExternalBytes, ParameterStorage } from '../graph/lower.ts';
import { Fault } from '../terms/fault.ts';
import type { Feed, MemoryInitializer } from './ort.ts';

/** How quantised weights are held: as fp32 (the reference) or as the blocks they are stored in. */
export type WeightMode = 'float32' | 'quantised';

/** What a program does with its matrices: multiplies by them, or looks rows up (and may multiply too). */
export type WeightUse = 'products' | 'rows';

/** What a program needs to find its weights. */
export interface ProgramWeights {
  /** By parameter name. */
  readonly storage: ReadonlyMap<string, ParameterStorage>;
  /** Bytes of the initializers; needed until the session is made. */
  readonly memory: readonly MemoryInitializer[];
  /** Parameters that are fed at each run. */
  readonly feeds: Readonly<Record<string, Feed>>;
}

interface Located {
  readonly tensor: StoredTensor;
  readonly source: WeightSource;
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
    for (const name of names) {
      const located = this.#locate(name, weights);
      parts.push(
        keepsBlocks(located, this.#mode) ? await blocksPart(name, located, use) : await this.#input(name, located),
      );
    }
    return {
      storage: new Map(parts.map(({ name, storage }) => [name, storage])),
      memory: parts.flatMap(({ memory }) => memory),
      feeds: Object.assign({}, ...parts.map(({ feeds }) => feeds)),
    };
  }

  #locate(name: string, weights: Weights): Located {
    const source = weights[name];
    if (source === undefined) throw new RangeError(`the program's weights do not name parameter ${name}`);
    const tensor = source.tensors
      .map((candidate) => this.#files.tensors.get(candidate))
      .find((found) => found !== undefined);
    if (tensor === undefined) {
      throw new Fault({ what: 'missing tensor', where: this.#files.path, expected: source.tensors.join(' or ') });
    }
    return { tensor, source };
  }

  async #input(name: string, { tensor, source }: Located): Promise<Part> {
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

/** Blocks run along the last stored axis: matrices only. */
function keepsBlocks({ tensor, source }: Located, mode: WeightMode): boolean {
  return mode === 'quantised' && hasBlocks(tensor) && source.axes.length >= 2;
}

async function blocksPart(name: string, { tensor, source }: Located, use: WeightUse): Promise<Part> {
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
