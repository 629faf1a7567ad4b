/**
 * A Hugging Face folder -> GGUF bytes in float32, the way llama.cpp's conversion scripts do it, for tests.
 * Names come from the `gguf` package (fixtures/gguf/names.json); the changes of values are written here anew.
 */
import { readFileSync } from 'node:fs';
import type { ModelFiles } from '../../engine/files/modelFiles.ts';
import { readFloat32 } from '../../engine/files/readTensor.ts';
import type { GgufTestTensor, GgufTestValue } from './writeGguf.ts';
import { float32Tensor, ggufBytes } from './writeGguf.ts';

const names: Readonly<Record<string, Readonly<Record<string, string>>>> = JSON.parse(
  readFileSync(new URL('../../fixtures/gguf/names.json', import.meta.url), 'utf8'),
);

export interface Conversion {
  readonly architecture: string;
  /** Keys without the architecture's prefix. */
  readonly keys: Readonly<Record<string, GgufTestValue>>;
  readonly heads: number;
  readonly kvHeads: number;
  /** Tensors that the converter computes. */
  readonly extra?: readonly GgufTestTensor[];
}

interface Matrix {
  readonly shape: readonly number[];
  readonly values: Float32Array;
}

export async function toGguf(files: ModelFiles, conversion: Conversion): Promise<Buffer> {
  const { architecture, keys, extra = [] } = conversion;
  const tensors: GgufTestTensor[] = [];
  for (const tensor of files.tensors.values()) {
    const name = ggufName(architecture, tensor.name);
    if (name === null) continue;
    const { shape, values } = convert(name, { shape: tensor.shape, values: await readFloat32(tensor) }, conversion);
    tensors.push(float32Tensor(name, shape, values));
  }
  const prefixed = Object.entries(keys).map(([key, value]) => [`${architecture}.${key}`, value] as const);
  return ggufBytes({
    metadata: { 'general.architecture': { text: architecture }, ...Object.fromEntries(prefixed) },
    tensors: [...tensors, ...(await headNorms(files)), ...extra],
  });
}

function ggufName(architecture: string, name: string): string | null {
  if (name.includes('layernorm.norms')) return null;
  const [, layer] = /\.(?:layers|h)\.(\d+)\./.exec(name) ?? [];
  const mapped = names[architecture]?.[name.replace(/\.(layers|h)\.\d+\./, '.$1.{l}.')];
  if (mapped === undefined) throw new Error(`${architecture}: no GGUF name for ${name}`);
  return mapped.replace('{l}', layer ?? '');
}

function convert(name: string, matrix: Matrix, { architecture, heads, kvHeads }: Conversion): Matrix {
  const stem = name.replace(/^blk\.\d+\./, '');
  if (['llama', 'granite', 'smollm3'].includes(architecture) && stem.startsWith('attn_q.'))
    return permute(matrix, heads);
  if (['llama', 'granite', 'smollm3'].includes(architecture) && stem.startsWith('attn_k.'))
    return permute(matrix, kvHeads);
  if (['gptneox', 'bloom', 'falcon'].includes(architecture) && stem.startsWith('attn_qkv.')) {
    return regroup(matrix, heads, kvHeads);
  }
  const isConv1d = /^(attn_qkv|attn_output|ffn_up|ffn_down)\.weight$/.test(stem);
  if (architecture === 'gpt2' && isConv1d) return transpose(matrix);
  const isGemmaNorm = architecture.startsWith('gemma') && name.endsWith('norm.weight');
  return isGemmaNorm ? { ...matrix, values: matrix.values.map((value) => value + 1) } : matrix;
}

/** Rows in another order: row i of the result is row order[i]. */
function reordered({ shape, values }: Matrix, order: readonly number[]): Matrix {
  const width = values.length / order.length;
  const rows = order.map((row) => values.subarray(row * width, (row + 1) * width));
  return { shape, values: Float32Array.from(rows.flatMap((row) => [...row])) };
}

/** reshape(heads, 2, width / 2).swapaxes(1, 2) */
function permute(matrix: Matrix, heads: number): Matrix {
  const width = (matrix.shape[0] ?? 0) / heads;
  const order: number[] = [];
  for (let head = 0; head < heads; head++) {
    for (let j = 0; j < width / 2; j++) order.push(head * width + j, head * width + width / 2 + j);
  }
  return reordered(matrix, order);
}

/** view(kvHeads, heads / kvHeads + 2, width): all queries, then all keys, then all values. */
function regroup(matrix: Matrix, heads: number, kvHeads: number): Matrix {
  const parts = heads / kvHeads + 2;
  const width = (matrix.shape[0] ?? 0) / (kvHeads * parts);
  const groups = Array.from({ length: kvHeads }, (_, group) =>
    Array.from({ length: parts }, (_, part) => group * parts + part),
  );
  const units = [
    ...groups.flatMap((units) => units.slice(0, -2)),
    ...groups.map((units) => units.at(-2) ?? 0),
    ...groups.map((units) => units.at(-1) ?? 0),
  ];
  return reordered(
    matrix,
    units.flatMap((unit) => Array.from({ length: width }, (_, row) => unit * width + row)),
  );
}

function transpose({ shape, values }: Matrix): Matrix {
  const [rows = 0, columns = 0] = shape;
  const turned = Float32Array.from(values, (_, i) => values[(i % rows) * columns + Math.floor(i / rows)] ?? NaN);
  return { shape: [columns, rows], values: turned };
}

/** stablelm: the norms of all heads of a layer, stacked. */
async function headNorms(files: ModelFiles): Promise<readonly GgufTestTensor[]> {
  const stacks = new Map<string, Float32Array[]>();
  for (const tensor of files.tensors.values()) {
    const [, layer, letter, head] =
      /layers\.(\d+)\.self_attn\.([qk])_layernorm\.norms\.(\d+)\.weight$/.exec(tensor.name) ?? [];
    if (head === undefined) continue;
    const name = `blk.${layer}.attn_${letter}_norm.weight`;
    const stack = stacks.get(name) ?? [];
    stack[Number(head)] = await readFloat32(tensor);
    stacks.set(name, stack);
  }
  return [...stacks].map(([name, stack]) =>
    float32Tensor(
      name,
      [stack.length, stack[0]?.length ?? 0],
      stack.flatMap((norm) => [...norm]),
    ),
  );
}
