/** `headscope onnx`: a model, pruned or not, as one ONNX graph with a cache. */
import type { ResultOf } from '../../results/index.ts';
import type { Input } from '../input.ts';
import type { Command, Context } from './command.ts';
import { readPlannedHeads } from './plannedHeads.ts';
import { asJson, followed, jsonOption } from './shared.ts';

type Result = ResultOf<'onnx'>;

export const onnx: Command = {
  name: 'onnx',
  summary: 'write a model, pruned or not, as one ONNX graph with keys and values in and out',
  usage: ['onnx MODEL [--plan heads.json] --out DIR'],
  about: [
    'DIR gets model.onnx, its weights in float32 in model.onnx_data, and headscope-onnx.json with the shape of every input and output. Inputs are input_ids and position_ids of the new tokens, key_position_ids of all keys (-1 at padding), and past_key_values.LAYER.key and .value [batch, KV heads, cached, head width]; outputs are logits and present.LAYER.key and .value.',
    'With --plan, or from a folder that headscope prune wrote, a layer is as small as its groups allow: its cache has the KV heads that stay, and layers may differ. Where groups of a layer keep different numbers of heads, or the head width follows from their number, removed heads stay as zeros.',
    'Opset 23 and com.microsoft; tested with ONNX Runtime 1.30. Rotary frequencies that depend on the length of the text are refused.',
  ],
  examples: ['headscope onnx model.gguf --out onnx', 'headscope onnx model.gguf --plan heads.json --out pruned-onnx'],
  options: {
    plan: { type: 'string', value: 'F', about: 'which heads go' },
    from: { type: 'string', value: 'FORMAT', about: 'the form of --plan (default: told from its content)' },
    out: { type: 'string', value: 'DIR', about: 'the folder to be; new or empty' },
    ...jsonOption,
  },
  async run(input, context) {
    const request = await readRequest(input, context);
    const result = await followed(context, 'writing', (options) => context.client.onnx(request, options));
    await context.stdout.write(input.flag('json') ? asJson(result) : describe(result));
    return 0;
  },
};

async function readRequest(input: Input, context: Context) {
  const out = input.path('out') ?? input.fail('--out is missing', { expected: 'the folder to be' });
  const [model, plan] = [input.model(), input.path('plan')];
  if (plan === undefined) return { model, out, heads: [], kvGroups: [] };
  const info = await context.client.info({ model });
  return { model, out, ...(await readPlannedHeads(plan, input.text('from'), info, context)) };
}

function describe({ folder, parameters, bytes, kvHeads, zeroedLayers }: Result): string {
  const zeros = zeroedLayers.length === 0 ? '' : `; removed heads stay as zeros in layers ${zeroedLayers.join(', ')}`;
  return [
    `${folder}: ${parameters.toLocaleString('en-US')} weights, ${bytes.toLocaleString('en-US')} bytes`,
    `KV heads by layer: ${kvHeads.join(', ')}${zeros}`,
    '',
  ].join('\n');
}
