/** `headscope prune`: a model without some of its heads, as a folder. */
import type { RequestOf, ResultOf } from '../../results/index.ts';
import type { Input } from '../input.ts';
import type { Command, Context } from './command.ts';
import { readPlannedHeads } from './plannedHeads.ts';
import { asJson, followed, jsonOption, modelRequest, weightsOption } from './shared.ts';
import { readTexts, textOptions } from './textChoice.ts';

type Result = ResultOf<'prune'>;

export const prune: Command = {
  name: 'prune',
  summary: 'write a model without some of its heads: zeroed, or smaller',
  usage: [
    'prune MODEL --plan heads.json --out DIR [--zero | --remove] [--bias-compensation [--text F ...] [--windows 32] [--length 256]]',
  ],
  about: [
    '--plan is heads.json with a plan (headscope plan writes one), or a list of heads of another tool: head_mask.npy, pruned_heads of a config, heads that stay. A bare map {"layer": [heads]} has two opposite meanings and needs --from hf-heads or --from razor.',
    '--zero, the default, sets the columns of the output projection of each removed head to 0 and leaves every other byte: any program loads the folder, and nothing gets faster. --remove leaves the weights out. Where every layer keeps as many KV groups, and every group as many query heads, and the family states its head width in the config, the folder is an ordinary, smaller model; otherwise headscope-pruned.json says what is left out, and headscope alone opens it, with zeros in its place.',
    '--bias-compensation puts what the removed heads write on average, over text, into the output bias (FLAP). The family must have one, or attention_bias in its config.',
    'A GGUF file gives float32 safetensors with its tokenizer beside. config.json, tokenizer and licence are copied; headscope-pruned.json is the record in every form.',
  ],
  examples: [
    'headscope prune model.gguf --plan heads.json --out pruned',
    'headscope prune models/SmolLM2-135M --plan heads.json --remove --bias-compensation --text corpus.txt --out smaller',
  ],
  options: {
    plan: { type: 'string', value: 'F', about: 'which heads go' },
    from: { type: 'string', value: 'FORMAT', about: 'the form of --plan (default: told from its content)' },
    out: { type: 'string', value: 'DIR', about: 'the folder to be; new or empty' },
    zero: { type: 'boolean', about: 'same shapes, zeros in the output projections (default)' },
    remove: { type: 'boolean', about: 'smaller weights' },
    'empty-layers': { type: 'boolean', about: 'a layer may lose all its heads (with --zero)' },
    'bias-compensation': { type: 'boolean', about: 'keep the mean output of the removed heads in the bias' },
    ...textOptions,
    seed: { type: 'string', value: 'N', about: 'of the stories (default 0)' },
    ...weightsOption,
    ...jsonOption,
  },
  async run(input, context) {
    const request = await readRequest(input, context);
    const result = await followed(context, 'writing', (options) => context.client.prune(request, options));
    for (const warning of result.warnings) await context.stderr.write(`warning: ${warning}\n`);
    await context.stdout.write(input.flag('json') ? asJson(result) : describe(result));
    return 0;
  },
};

async function readRequest(input: Input, context: Context): Promise<RequestOf<'prune'>> {
  const [plan, out] = [input.path('plan'), input.path('out')];
  if (plan === undefined) return input.fail('--plan is missing', { expected: 'a file that says which heads go' });
  if (out === undefined) return input.fail('--out is missing', { expected: 'the folder to be' });
  if (input.flag('zero') && input.flag('remove')) input.fail('only one of --zero, --remove', {});
  const model = modelRequest(input);
  const info = await context.client.info({ model: model.model });
  return {
    ...{ ...model, out, form: input.flag('remove') ? 'remove' : 'zero' },
    ...(await readPlannedHeads(plan, input.text('from'), info, context)),
    ...(input.flag('empty-layers') ? { emptyLayers: true } : {}),
    ...(input.flag('bias-compensation')
      ? { compensateOver: { texts: await readTexts(input, info.shape.context), seed: seedOf(input) } }
      : {}),
  };
}

function seedOf(input: Input): number {
  return input.integer('seed', { otherwise: 0, from: Number.MIN_SAFE_INTEGER });
}

function describe({ folder, form, rule, heads, changed, before, after }: Result): string {
  const amount = (of: (sizes: Result['before']) => number) =>
    `${of(before).toLocaleString('en-US')} -> ${of(after).toLocaleString('en-US')}`;
  return [
    `${folder}: ${heads} heads ${form === 'zeroed' ? 'zeroed' : 'removed'}`,
    `${form}: ${rule}`,
    `weights ${amount(({ parameters }) => parameters)}, bytes ${amount(({ bytes }) => bytes)}, keys and values of a token ${amount(({ kvBytesPerToken }) => kvBytesPerToken)} bytes in float32`,
    `${changed.length} tensors differ from the model's`,
    '',
  ].join('\n');
}
