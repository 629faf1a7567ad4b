/** Do the checkpoint's tensors fit the family: every weight there with its shape, and nothing that would be left out. */
import type { StoredTensor } from '../files/modelFiles.ts';
import { Fault } from '../terms/fault.ts';
import type { Family, Weights, WeightSource } from './architecture.ts';

/** Tensors that some savings hold and no forward pass needs: masks, rotary tables, the unembedding where it is tied. */
const buffers: readonly RegExp[] = [
  /(^|\.)(attn|attention|attn\.attention|self_attention)\.(bias|masked_bias|mask|IGNORE)$/,
  /(^|\.)rotary_emb\.(inv_freq|cos_cached|sin_cached|original_inv_freq)$/,
  /(^|\.)(rotary_sin|rotary_cos|rotary_sin_local|rotary_cos_local)$/,
  /(^|\.)attn\.(embed_positions|alibi)$/,
  /(^|\.)(position_ids|embed_scale)$/,
  /(^|\.)decoder\.version$/,
  /^rope_freqs\.weight$/,
];

const integers: readonly StoredTensor['type'][] = ['I64', 'I32', 'I16', 'I8', 'U64', 'U32', 'U16', 'U8', 'BOOL'];

/** Throws Fault: a missing tensor, one of another shape or type, or one that the family has no use for. */
export function checkWeights(family: Family, tensors: ReadonlyMap<string, StoredTensor>): void {
  const sources = sourcesOf(family);
  const missing = sources.filter((source) => found(source, tensors) === undefined);
  if (missing.length > 0) throw missingFault(missing);
  for (const source of sources) checkShape(source, found(source, tensors) as StoredTensor);
  checkRows(sources, tensors);
  checkExtra(sources, tensors);
}

/** The tensors that the family reads, each once: masks, rotary tables and a tied unembedding's copy are not among them. */
export function usedTensors(
  family: Family,
  tensors: ReadonlyMap<string, StoredTensor>,
): ReadonlyMap<string, StoredTensor> {
  const used = sourcesOf(family).flatMap((source) => found(source, tensors) ?? []);
  return new Map(used.map((tensor) => [tensor.name, tensor]));
}

function sourcesOf(family: Family): readonly WeightSource[] {
  const blocks = Array.from({ length: family.shape.layers }, (_, layer) => family.block(layer).weights);
  const all: readonly Weights[] = [family.embed.weights, ...blocks, family.unembed.weights];
  return all.flatMap((weights) => Object.values(weights));
}

function found({ tensors: names }: WeightSource, tensors: ReadonlyMap<string, StoredTensor>): StoredTensor | undefined {
  const name = names.find((candidate) => tensors.has(candidate));
  return name === undefined ? undefined : tensors.get(name);
}

function missingFault(missing: readonly WeightSource[]): Fault {
  const names = [...new Set(missing.map(({ tensors }) => tensors.join(' or ')))];
  const more = names.length > 4 ? ` and ${names.length - 4} more` : '';
  return new Fault({ what: `missing tensor: ${names.slice(0, 4).join(', ')}${more}` });
}

function checkShape({ axes, rows }: WeightSource, tensor: StoredTensor): void {
  if (integers.includes(tensor.type)) {
    throw new Fault({ what: 'weight type', where: tensor.name, expected: 'a float type', got: tensor.type });
  }
  const [stored = 1, ...rest] = tensor.shape;
  const read = rows === undefined ? tensor.shape : [rows[1] - rows[0], ...rest];
  const fits = groups(
    axes.map(({ size }) => size),
    read,
  );
  if (fits && (rows === undefined || rows[1] <= stored)) return;
  const expected = axes.map(({ axis, size }) => `${axis} ${size}`).join(', ');
  const part = rows === undefined ? '' : ` in rows ${rows[0]} to ${rows[1] - 1}`;
  const got = `[${tensor.shape.join(', ')}]`;
  throw new Fault({ what: 'tensor shape', where: tensor.name, expected: `[${expected}]${part}`, got });
}

// Is each stored dimension the product of neighbouring axes? [N 4, H 8, D 24] is stored as [32, 24].
function groups(sizes: readonly number[], stored: readonly number[]): boolean {
  let next = 0;
  for (const dimension of stored) {
    let product = 1;
    while (product < dimension && next < sizes.length) product *= sizes[next++] ?? 1;
    if (product !== dimension) return false;
  }
  return sizes.slice(next).every((size) => size === 1);
}

// Weights that share one tensor must reach its last row.
function checkRows(sources: readonly WeightSource[], tensors: ReadonlyMap<string, StoredTensor>): void {
  const last = new Map<StoredTensor, number>();
  for (const source of sources) {
    const tensor = found(source, tensors);
    if (tensor === undefined || source.rows === undefined) continue;
    last.set(tensor, Math.max(last.get(tensor) ?? 0, source.rows[1]));
  }
  for (const [{ name, shape }, rows] of last) {
    if (shape[0] === rows) continue;
    throw new Fault({ what: 'tensor rows', where: name, expected: String(rows), got: String(shape[0]) });
  }
}

function checkExtra(sources: readonly WeightSource[], tensors: ReadonlyMap<string, StoredTensor>): void {
  const used = new Set(sources.map((source) => found(source, tensors)?.name));
  const tied = tiedHeads(sources, used);
  const extra = [...tensors.keys()].filter(
    (name) => !used.has(name) && !tied.has(name) && !buffers.some((pattern) => pattern.test(name)),
  );
  if (extra.length === 0) return;
  const more = extra.length > 4 ? ` and ${extra.length - 4} more` : '';
  throw new Fault({
    what: 'tensors that this family has no place for, and that would change the numbers',
    expected: 'none',
    got: `${extra.slice(0, 4).join(', ')}${more}`,
  });
}

// An unembedding that is stored beside the embedding it is tied to.
function tiedHeads(sources: readonly WeightSource[], used: ReadonlySet<string | undefined>): ReadonlySet<string> {
  const heads = ['lm_head.weight', 'embed_out.weight'];
  return new Set(heads.filter((name) => !used.has(name) && !sources.some(({ tensors }) => tensors.includes(name))));
}
