/** `headscope map`: which heads are alike. */
import type { HeadMapResult } from '../../results/headMap.ts';
import type { RequestOf } from '../../results/index.ts';
import type { Input } from '../input.ts';
import type { Column } from '../table.ts';
import { formatTable } from '../table.ts';
import { readTextFile } from '../textFile.ts';
import type { Command } from './command.ts';
import { readSeed } from './promptChoice.ts';
import {
  asJson,
  followed,
  jsonOption,
  modelRequest,
  openModel,
  taskOption,
  taskOptions,
  weightsOption,
} from './shared.ts';

type Request = RequestOf<'headMap'>;

export const map: Command = {
  name: 'map',
  summary: 'which heads are alike: nearest neighbours, and all heads on a plane by PCA and by UMAP',
  usage: [
    'map MODEL [--by pattern|write|scores] [--n 8] [--seed 0] [--neighbours 10] [--min-distance 0.1] [--json]',
    'map MODEL (--task NAME [--option K=V ...] | --prompts F.jsonl) [--by pattern|write|scores] [--json]',
  ],
  about: [
    'by pattern: the rows of attention at random queries, compared by Bhattacharyya coefficient; by write: the direction of what a head writes on average; by scores: all head scores, standardised. Similarity is a cosine, from -1 to 1. engine/scores/weights/SPEC.md has the exact rules.',
    'The planes are pictures: PCA keeps as much of the variance as is said, UMAP keeps neighbours and not distances.',
    'Without --task or --prompts heads are compared on n sequences of random tokens that come twice.',
  ],
  examples: ['headscope map model.gguf --by pattern', 'headscope map model.gguf --by write --task ioi --json'],
  options: {
    by: { type: 'string', value: 'pattern|write|scores', about: 'what heads are compared by (default pattern)' },
    task: { type: 'string', value: 'NAME', about: 'compare them on prompts of a task' },
    prompts: { type: 'string', value: 'F.jsonl', about: 'compare them on prompts of your own' },
    n: { type: 'string', value: 'N', about: 'how many prompts to make (default 8)' },
    seed: { type: 'string', value: 'N', about: 'of prompts, sampled queries and UMAP (default 0)' },
    neighbours: { type: 'string', value: 'K', about: 'of each head, in the list and in UMAP (default 10)' },
    'min-distance': { type: 'string', value: 'X', about: 'how close UMAP may put two heads, 0 to 1 (default 0.1)' },
    ...taskOption,
    ...weightsOption,
    ...jsonOption,
  },
  async run(input, context) {
    const request = await readRequest(input);
    await openModel(context, modelRequest(input));
    const result = await followed(context, 'reading heads', (options) => context.client.headMap(request, options));
    await context.stdout.write(input.flag('json') ? asJson(plainOf(result)) : describe(result));
    return 0;
  },
};

async function readRequest(input: Input): Promise<Request> {
  return {
    ...modelRequest(input),
    feature: input.choice('by', ['pattern', 'write', 'scores']) ?? 'pattern',
    prompts: await readPrompts(input),
    neighbours: input.integer('neighbours', { otherwise: 10, from: 2, to: 200 }),
    minDistance: readDistance(input),
    seed: readSeed(input),
  };
}

function readDistance(input: Input): number {
  const text = input.text('min-distance') ?? '0.1';
  const value = Number(text);
  if (text.trim() !== '' && value >= 0 && value <= 1) return value;
  return input.fail('--min-distance', { expected: 'a number from 0 to 1', got: text });
}

async function readPrompts(input: Input): Promise<Request['prompts']> {
  const [task, file] = [input.text('task'), input.path('prompts')];
  if (task !== undefined && file !== undefined) input.oneOf(['task', 'prompts']);
  // What these prompts don't have would be dropped without a word.
  if (file !== undefined && input.text('n') !== undefined)
    input.fail('--n does not go with these prompts', { got: 'a prompt file' });
  if (task === undefined && input.texts('option').length > 0) input.fail('--option belongs to --task', {});
  const drawn = { n: input.integer('n', { otherwise: 8, from: 1, to: 100_000 }), seed: readSeed(input) };
  if (file !== undefined) return { kind: 'file', file: await readTextFile(file) };
  if (task !== undefined) return { kind: 'task', task, ...drawn, ...taskOptions(input) };
  return { kind: 'repeated', ...drawn, bos: 'model' };
}

/** Names beside numbers; the similarities of all pairs are left to those who ask the service. */
function plainOf(result: HeadMapResult) {
  const { model, feature, layers, heads, prompts, k, explained, seconds } = result;
  const { neighbours, neighbourSimilarity, pca, umap } = result;
  const place = (plane: Float32Array, i: number) => [plane[2 * i], plane[2 * i + 1]];
  return {
    ...{ model, feature, layers, heads, prompts, explained, seconds },
    map: Array.from({ length: layers * heads }, (_, i) => ({
      ...{ head: nameOf(i, heads), pca: place(pca, i), umap: umap === null ? null : place(umap, i) },
      nearest: Array.from(neighbours.subarray(i * k, (i + 1) * k), (j, rank) => ({
        head: nameOf(j, heads),
        similarity: neighbourSimilarity[i * k + rank],
      })),
    })),
  };
}

/** Neighbours that are shown. */
const SHOWN = 5;

function describe(result: HeadMapResult): string {
  const { feature, layers, heads, prompts, explained, seconds } = result;
  const [first, second] = explained.map((share) => `${(100 * share).toFixed(1)} %`);
  const title = `${layers * heads} heads by ${feature} on ${prompts.n} prompts (${prompts.dataset}), ${seconds.toFixed(1)} s`;
  const rows = Array.from({ length: layers * heads }, (_, i) => rowOf(result, i));
  return `${title}; PCA keeps ${first} and ${second}\n\n${formatTable(columns, rows)}`;
}

const columns: readonly Column[] = [
  { title: 'head' },
  { title: 'PCA', align: 'right' },
  { title: 'UMAP', align: 'right' },
  { title: 'most similar' },
];

function rowOf({ heads, k, neighbours, neighbourSimilarity, pca, umap }: HeadMapResult, i: number): string[] {
  const place = (plane: Float32Array) => `${plane[2 * i]?.toFixed(2)} ${plane[2 * i + 1]?.toFixed(2)}`;
  const nearest = Array.from({ length: Math.min(SHOWN, k) }, (_, rank) => {
    const at = i * k + rank;
    return `${nameOf(neighbours[at] ?? 0, heads)} ${neighbourSimilarity[at]?.toFixed(2)}`;
  });
  return [nameOf(i, heads), place(pca), umap === null ? '' : place(umap), nearest.join(', ')];
}

function nameOf(i: number, heads: number): string {
  return `L${Math.floor(i / heads)}H${i % heads}`;
}
