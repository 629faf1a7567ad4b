/** `headscope composition`: how much later heads read of what earlier ones write. */
import type { CompositionHeader, CompositionLayer } from '../../results/composition.ts';
import type { RequestOf } from '../../results/index.ts';
import type { Column } from '../table.ts';
import { formatTable } from '../table.ts';
import type { Command, Context } from './command.ts';
import { asJson, followed, jsonOption, modelRequest, openModel, weightsOption } from './shared.ts';

const inputs = ['q', 'k', 'v'] as const;
type HeadInput = (typeof inputs)[number];

export const composition: Command = {
  name: 'composition',
  summary: 'how much later heads read of what earlier heads write, from weights',
  usage: ['composition MODEL [--input q|k|v] [--top 10] [--json]'],
  about: [
    'Q-, K- and V-composition (Elhage et al. 2021): the Frobenius norm of the product of what the earlier head writes through (W_V W_O) and what the later one reads with (W_Q W_K^T, its transpose, W_V W_O), divided by both norms. 0: nothing of it is read; 1: only between matrices of rank 1 that match.',
    'Beside them stands what two matrices have when one is turned at random, 1 / sqrt(D). engine/scores/weights/SPEC.md has the exact rules.',
    'Weights alone: whether the later head does read it on text is for ablation and patching.',
  ],
  examples: ['headscope composition model.gguf', 'headscope composition model.gguf --input k --top 20'],
  options: {
    input: { type: 'string', value: 'q|k|v', about: 'show this input only (default: all three)' },
    top: { type: 'string', value: 'N', about: 'how many pairs to show for each input (default 10)' },
    ...weightsOption,
    ...jsonOption,
  },
  async run(input, context) {
    const top = input.integer('top', { otherwise: 10, from: 1, to: 100_000 });
    const chosen = input.choice('input', inputs);
    const request = modelRequest(input);
    await openModel(context, request);
    const composed = await collect(request, context, chosen === undefined ? inputs : [chosen], top);
    await context.stdout.write(input.flag('json') ? asJson(composed) : describe(composed));
    return 0;
  },
};

interface Pair {
  readonly writer: string;
  readonly reader: string;
  readonly score: number;
}

interface Composed extends CompositionHeader {
  readonly seconds: number;
  /** How many pairs there are; the highest of them by input. */
  readonly pairs: number;
  readonly top: Partial<Record<HeadInput, readonly Pair[]>>;
}

async function collect(
  request: RequestOf<'composition'>,
  context: Context,
  chosen: readonly HeadInput[],
  top: number,
): Promise<Composed> {
  let header: CompositionHeader | null = null;
  let pairs = 0;
  const best = new Map<HeadInput, Pair[]>(chosen.map((input) => [input, []]));
  const { seconds } = await followed(
    context,
    'composing',
    (options) => context.client.composition(request, options),
    (event) => {
      if (event.kind === 'start') header = event.header;
      else {
        pairs += event.q.length;
        for (const [input, known] of best) best.set(input, highest([...known, ...pairsOf(event, input)], top));
      }
    },
  );
  return composed(header, { seconds, pairs, top: Object.fromEntries(best) });
}

function composed(header: CompositionHeader | null, rest: Omit<Composed, keyof CompositionHeader>): Composed {
  if (header === null) throw new RangeError('composition: ended without header');
  return { ...header, ...rest };
}

function pairsOf({ layer, writers, ...scores }: CompositionLayer, input: HeadInput): Pair[] {
  const heads = writers / layer;
  return Array.from(scores[input], (score, at) => {
    const writer = at % writers;
    return {
      writer: `L${Math.floor(writer / heads)}H${writer % heads}`,
      reader: `L${layer}H${Math.floor(at / writers)}`,
      score,
    };
  });
}

function highest(pairs: readonly Pair[], top: number): Pair[] {
  return [...pairs].sort((a, b) => b.score - a.score).slice(0, top);
}

function describe({ pairs, random, seconds, top, conventions }: Composed): string {
  const sections = Object.entries(top).map(
    ([input, found]) =>
      `\n${input.toUpperCase()}-composition, highest:\n${formatTable(columns, found.map(rowOf(random)))}`,
  );
  return [
    `${pairs} pairs of heads, ${seconds.toFixed(1)} s; turned at random: ${random.toFixed(4)}\n`,
    ...conventions.map((one) => `- ${one}\n`),
    ...sections,
  ].join('');
}

const columns: readonly Column[] = [
  { title: 'writes' },
  { title: 'reads' },
  { title: 'score', align: 'right' },
  { title: 'above random', align: 'right' },
];

function rowOf(random: number): (pair: Pair) => string[] {
  return ({ writer, reader, score }) => [writer, reader, score.toFixed(4), (score - random).toFixed(4)];
}
