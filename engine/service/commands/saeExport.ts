/** `headscope sae export`: a dictionary for another tool, or its features as a page or as JSON. */
import { resolve } from 'node:path';
import type { RequestOf } from '../../results/index.ts';
import type { Input } from '../input.ts';
import type { Command } from './command.ts';
import { asJson, jsonOption } from './shared.ts';

export const saeExport: Command = {
  name: 'sae export',
  summary: 'write a dictionary for another tool, or its features as a page',
  usage: ['sae export DIR --format saelens|html|saedashboard --out PATH [--features N] [--json]'],
  about: [
    'DIR is the folder of a dictionary.',
    'saelens: a folder that SAELens 6 loads (SAE.load_from_disk), with the same codes and reconstructions; a scale of the inputs is folded into the weights. What SAELens has no form for is refused: encoders that give one feature of a group, linear ones, relative thresholds of a pursuit. Labels go along in labels.json.',
    "html: one page with every feature's contexts, logits, histogram and heads, which needs nothing else. saedashboard: the feature JSON of SAEDashboard. Both need contexts: headscope sae features.",
  ],
  examples: [
    'headscope sae export dictionaries/L9H6 --format saelens --out for-saelens',
    'headscope sae export dictionaries/L9H6 --format html --features 200 --out features.html',
  ],
  calls: 'headers',
  options: {
    out: { type: 'string', value: 'PATH', about: 'folder (saelens) or file; never over one that is there' },
    format: { type: 'string', value: 'saelens|html|saedashboard', about: 'what to write' },
    features: { type: 'string', value: 'N', about: 'of a page or JSON: the N most active (default: all)' },
    ...jsonOption,
  },
  async run(input, { client, stdout, stderr }) {
    const result = await client.exportDictionary(requestOf(input));
    for (const note of result.notes) await stderr.write(`note: ${note}\n`);
    await stdout.write(input.flag('json') ? asJson(result) : `${result.files.join('\n')}\n`);
    return 0;
  },
};

const formats = ['saelens', 'html', 'saedashboard'] as const;

function requestOf(input: Input): RequestOf<'exportDictionary'> {
  const [folder, ...rest] = input.positionals;
  if (folder === undefined || folder === '' || rest.length > 0) {
    const got = input.positionals.join(' ') || 'nothing';
    return input.fail('one dictionary is needed', { expected: 'the folder of a dictionary', got });
  }
  const format =
    input.choice('format', formats) ?? input.fail('--format is missing', { expected: `one of ${formats.join(', ')}` });
  const out = input.path('out') ?? input.fail('--out is missing', { expected: 'a folder or a file' });
  if (format === 'saelens' && input.text('features') !== undefined)
    return input.fail('--features belongs to html and saedashboard', { got: '--format saelens' });
  const features =
    input.text('features') === undefined ? undefined : input.integer('features', { otherwise: 1, from: 1 });
  return {
    ...{ dictionary: resolve(folder), format, out: resolve(out) },
    ...(features === undefined ? {} : { features }),
  };
}
