/** Weights of an open model: as initializers of plain programs, or as buffers that all variants share. */
import { basename, dirname } from 'node:path';
import type { Weights, WeightSource } from '../arch/architecture.ts';
import type { FloatType, ModelFiles, StoredTensor, StoredType } from '../files/modelFiles.ts';
import { hasBlocks, readBlocks, readFloat32 } from '../files/readTensor.ts';
import { Fault } from '../terms/fault.ts';
import type { ExternalBytes, ParameterStorage } from '../graph/lower.ts';
import type { Feed, MemoryInitializer } from './ort.ts';

/** How quantised weights are held: as fp32 (the reference) or as the blocks they are stored in. */
export type WeightMode = 'float32' | 'quantised';

/** What a program needs to find its weights: storage by parameter name, and the bytes that lie in memory. */
export interface ProgramWeights {
  readonly storage: ReadonlyMap<string, ParameterStorage>;
  readonly memory: readonly MemoryInitializer[];
  readonly folder: string | undefined;
  /** Parameters that are fed at each run. */
  readonly feeds: Readonly<Record<string, Feed>>;
}

interface Located {
  readonly tensor: StoredTensor;
  readonly source: WeightSource;
}

const floatTypes: readonly StoredType[] = ['F64', 'F32', 'F16', 'BF16'];

export class WeightStore {
  readonly #files: ModelFiles;
  readonly #mode: WeightMode;
  /** fp32 buffers shared by variants, by tensor and rows. */
  readonly #shared = new Map<string, Float32Array>();

  constructor(files: ModelFiles, mode: WeightMode) {
    this.#files = files;
    this.#mode = mode;
  }

  /** Bytes of fp32 buffers held for variants. */
  get sharedBytes(): number {
    return [...this.#shared.values()].reduce((sum, { byteLength }) => sum + byteLength, 0);
  }

  releaseShared(): void {
    this.#shared.clear();
  }

  /**
   * Weights as initializers: the runtime packs its own copy, nothing stays with us. A session takes its external
   * initializers either all from one folder of files or all from memory, so one weight that must be converted
   * brings the program's others into memory too, until the session is made.
   */
  async asInitializers(names: readonly string[], weights: Weights, mode = this.#mode): Promise<ProgramWeights> {
    const located = names.map((name) => [name, this.#locate(name, weights)] as const);
    const inFiles = located.flatMap(([name, one]) => fileStorage(one, name) ?? []);
    if (inFiles.length === names.length && new Set(inFiles.map(({ folder }) => folder)).size === 1)
      return join(inFiles);
    return join(await inOrder(located, ([name, one]) => fromMemory(name, one, mode)));
  }

  /** Float weights as inputs over shared buffers; weights kept quantised stay initializers (they are small). */
  async asInputs(names: readonly string[], weights: Weights, mode = this.#mode): Promise<ProgramWeights> {
    const parts = await inOrder(names, (name) => {
      const located = this.#locate(name, weights);
      return keepsBlocks(located, mode) ? blocksPart(name, located) : this.#input(name, located);
    });
    return join(parts);
  }

  /** One weight as float32 in its stored order. */
  async read(name: string, weights: Weights): Promise<Float32Array> {
    const { tensor, source } = this.#locate(name, weights);
    return readFloat32(tensor, source.rows);
  }

  /** The stored tensors behind these weights, to name the one that holds a NaN. */
  tensorsOf(weights: Weights): StoredTensor[] {
    return Object.keys(weights).map((name) => this.#locate(name, weights).tensor);
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
    const data = this.#shared.get(key) ?? (await readFloat32(tensor, source.rows));
    this.#shared.set(key, data);
    const feed: Feed = { data, shape: source.axes.map(({ size }) => size) };
    return { name, storage: { kind: 'input' }, folder: undefined, memory: [], feeds: { [name]: feed } };
  }
}

interface MemoryEntry extends MemoryInitializer {
  readonly bytes: ExternalBytes;
}

interface Part {
  readonly name: string;
  readonly storage: ParameterStorage;
  readonly folder: string | undefined;
  readonly memory: readonly MemoryInitializer[];
  readonly feeds: Readonly<Record<string, Feed>>;
}

/** Blocks run along the last stored axis: matrices only. */
function keepsBlocks({ tensor, source }: Located, mode: WeightMode): boolean {
  return mode === 'quantised' && hasBlocks(tensor) && source.axes.length >= 2;
}

async function fromMemory(name: string, located: Located, mode: WeightMode): Promise<Part> {
  if (keepsBlocks(located, mode)) return blocksPart(name, located);
  const entry = memoryEntry(name, await readFloat32(located.tensor, located.source.rows));
  return {
    name,
    storage: { kind: 'external', type: 'F32', ...entry.bytes },
    folder: undefined,
    memory: [entry],
    feeds: {},
  };
}

/** One after the other: only one tensor's conversion is in memory at a time besides what is kept. */
async function inOrder<T, R>(items: readonly T[], make: (item: T) => Promise<R>): Promise<R[]> {
  const made: R[] = [];
  for (const item of items) made.push(await make(item));
  return made;
}

function join(parts: readonly Part[]): ProgramWeights {
  return {
    storage: new Map(parts.map(({ name, storage }) => [name, storage])),
    memory: parts.flatMap(({ memory }) => memory),
    folder: parts.find(({ folder }) => folder !== undefined)?.folder,
    feeds: Object.assign({}, ...parts.map(({ feeds }) => feeds)),
  };
}

const bytesPerValue: Record<FloatType, number> = { F64: 8, F32: 4, F16: 2, BF16: 2 };

/** A float tensor that the runtime can read where it lies, or null where values must be converted first. */
function fileStorage({ tensor, source }: Located, name: string): Part | null {
  const { type } = tensor;
  if (tensor.stored !== undefined || !isFloat(type)) return null;
  const [from, to] = source.rows ?? [0, tensor.shape[0] ?? 1];
  const rowBytes = tensor.shape.slice(1).reduce((product, n) => product * n, 1) * bytesPerValue[type];
  const bytes = {
    location: basename(tensor.file),
    offset: tensor.offset + from * rowBytes,
    length: (to - from) * rowBytes,
  };
  return { name, storage: { kind: 'external', type, ...bytes }, folder: dirname(tensor.file), memory: [], feeds: {} };
}

function isFloat(type: StoredType): type is FloatType {
  return floatTypes.includes(type);
}

async function blocksPart(name: string, { tensor, source }: Located): Promise<Part> {
  const blocks = await readBlocks(tensor, source.rows);
  const codes = memoryEntry(`${name}.codes`, blocks.codes);
  const scales = memoryEntry(`${name}.scales`, blocks.scales);
  const minimums = blocks.minimums === null ? null : memoryEntry(`${name}.minimums`, blocks.minimums);
  const { bits, blockSize } = blocks;
  return {
    name,
    storage: {
      kind: 'blocks',
      bits,
      blockSize,
      codes: codes.bytes,
      scales: scales.bytes,
      minimums: minimums === null ? null : minimums.bytes,
    },
    folder: undefined,
    memory: minimums === null ? [codes, scales] : [codes, scales, minimums],
    feeds: {},
  };
}

// The location of an in-memory initializer is only a name; it must not be that of a file beside the weights.
function memoryEntry(name: string, data: Float32Array | Uint8Array): MemoryEntry {
  const bytes = new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
  const path = `memory:${name}`;
  return { path, data: bytes, bytes: { location: path, offset: 0, length: bytes.byteLength } };
}
