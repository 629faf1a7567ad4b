/** `headscope parity`: is what the runtime computes with this model what its graphs say? */
import type { RequestOf, ResultOf } from '../../results/index.ts';
import type { ParityPlace } from '../../results/parity.ts';
import { relativeDifference, worstOfSites } from '../../results/parity.ts';
import type { Input } from '../input.ts';
import { formatFacts, formatTable } from '../table.ts';
import type { Command } from './command.ts';
import { asJson, followed, jsonOption, modelRequest, openModel, promptInput, weightsOption } from './shared.ts';

export const parity: Command = {
  name: 'parity',
  summary: 'compare the model as it runs with a slow float64 reference, site by site',
  usage: ['parity MODEL [--prompt T | --ids 1,2,3] [--json]'],
  about: [
    'A short prompt goes through the model in ONNX Runtime, and through the same graphs in float64 without it, from weights read out of the file anew. Every layer is compared at residPre, q, k, v, scores, pattern, z, residPost; then finalNorm and logits.',
    'It agrees where no difference is over 1e-3 at logits, 1e-4 at pattern, 1e-5 of the largest magnitude elsewhere (1e-4 where weights are kept quantised), or 1e-4 anywhere in a model of fewer than 100,000 weights. That says that the runtime computes what the graphs say; that the graphs are those of the family is what the parity in headscope info is about.',
    'It takes about 10 ns of one core for each weight and token: 6 s for 135 million weights and 4 tokens.',
  ],
  examples: ['headscope parity model.gguf', 'headscope parity model.gguf --prompt "When Mary and John"'],
  options: {
    prompt: {
      type: 'string',
      value: 'T',
      about: 'a text of at most 16 tokens (default: four random ids, always the same)',
    },
    ids: { type: 'string', value: '1,2,3', about: 'token ids instead of text' },
    ...weightsOption,
    ...jsonOption,
  },
  async run(input, context) {
    const request = readRequest(input);
    const { model } = await openModel(context, modelRequest(input));
    const places: ParityPlace[] = [];
    const result = await followed(
      context,
      'comparing',
      (options) => context.client.parity(request, options),
      (event) => {
        if (event.kind === 'places') places.push(...event.places);
      },
    );
    await context.stdout.write(input.flag('json') ? asJson({ model, ...result, places }) : describe(result, places));
    return result.verdict === 'agrees' ? 0 : 2;
  },
};

function readRequest(input: Input): RequestOf<'parity'> {
  const isGiven = input.text('prompt') !== undefined || input.text('ids') !== undefined;
  return { ...modelRequest(input), ...(isGiven ? { prompt: promptInput(input) } : {}) };
}

function describe(result: ResultOf<'parity'>, places: readonly ParityPlace[]): string {
  const rows = worstOfSites(places).map((place) => [
    place.site,
    layer(place),
    place.difference.toExponential(1),
    place.magnitude.toPrecision(3),
    relativeDifference(place).toExponential(1),
    place.bound.toExponential(1),
    place.difference <= place.bound ? '' : 'over',
  ]);
  const right = { align: 'right' } as const;
  const table = formatTable(
    [
      { title: 'site' },
      { title: 'worst layer', ...right },
      { title: 'difference', ...right },
      { title: 'largest value', ...right },
      { title: 'relative', ...right },
      { title: 'bound', ...right },
      { title: '' },
    ],
    rows,
  );
  return `${table}\n${formatFacts(verdict(result))}`;
}

function verdict({ verdict: is, worst, over, tokens, seconds }: ResultOf<'parity'>): [string, string][] {
  const places = over.map(name);
  const more = places.length > 4 ? ` and ${places.length - 4} more` : '';
  const where = places.length === 0 ? '' : ` at ${places.slice(0, 4).join(', ')}${more}`;
  return [
    ['verdict', `${is}${where}`],
    ['worst', `${relativeDifference(worst).toExponential(1)} of the largest value, at ${name(worst)}`],
    ['compared', `${tokens} tokens in ${seconds.toFixed(1)} s`],
  ];
}

function layer({ layer: of }: ParityPlace): string {
  return of === null ? '-' : `L${of}`;
}

/** `L3.q`, `logits` */
function name(place: ParityPlace): string {
  return place.layer === null ? place.site : `L${place.layer}.${place.site}`;
}
