/** `headscope sae import`: another tool's dictionary into our own form. */
import { resolve } from 'node:path';
import type { DictionaryCard } from '../../results/dictionaries.ts';
import type { RequestOf } from '../../results/index.ts';
import type { Input } from '../input.ts';
import { count } from '../table.ts';
import type { Command } from './command.ts';
import { onePlace } from './onePlace.ts';
import { asJson, jsonOption } from './shared.ts';

export const saeImport: Command = {
  name: 'sae import',
  summary: 'read a dictionary of another tool',
  usage: ['sae import PATH --out DIR [--format F] [--site S] [--json]'],
  about: [
    'PATH is a folder, or a file in one: of SAELens (saelens: cfg.json, sae_weights.safetensors; 6.0 and older), of sparsify (cfg.json, sae.safetensors), of dictionary_learning saved as safetensors (dictionary-learning: config.json), of Gemma Scope (gemma-scope: params.npz), or of this program (headscope). Which it is is told from the names of the files.',
    'A key of a config that is not understood is an error, for it could change what the numbers mean. Pickles (.pt, .bin) are not opened.',
    '--site says which value of the model it reads where the file does not: L9H6.z (one head), L9.z (the heads of a layer side by side), L9.residPost.',
    'DIR gets dictionary.safetensors, and labels.json where there is one beside the file.',
  ],
  examples: [
    'headscope sae import gpt2-small-hook-z/blocks.9.hook_z --out dictionaries/layer-9',
    'headscope sae import params.npz --site L12.z --out dictionaries/gemma-12',
  ],
  calls: 'headers',
  options: {
    out: { type: 'string', value: 'DIR', about: 'folder of the dictionary to be' },
    format: {
      type: 'string',
      value: 'F',
      about: 'saelens, sparsify, dictionary-learning, gemma-scope or headscope (default: told from the files)',
    },
    site: { type: 'string', value: 'S', about: 'what it reads (default: what the file says)' },
    ...jsonOption,
  },
  async run(input, { client, stdout, stderr }) {
    const result = await client.importDictionary(requestOf(input));
    for (const note of result.notes) await stderr.write(`note: ${note}\n`);
    const { card, format } = result;
    await stdout.write(input.flag('json') ? asJson(result) : `${cardLine(card)}\n${format}: written to ${card.path}\n`);
    return 0;
  },
};

const formats = ['saelens', 'sparsify', 'dictionary-learning', 'gemma-scope', 'headscope'] as const;

function requestOf(input: Input): RequestOf<'importDictionary'> {
  const [path, ...rest] = input.positionals;
  if (path === undefined || path === '' || rest.length > 0) {
    return input.fail('one path is needed', {
      expected: 'a folder or a file of another tool',
      got: input.positionals.join(' ') || 'nothing',
    });
  }
  const out = input.path('out') ?? input.fail('--out is missing', { expected: 'a folder for the dictionary' });
  const [format, place] = [input.choice('format', formats), onePlace(input)];
  return {
    ...{ path: resolve(path), out: resolve(out) },
    ...(format === undefined ? {} : { format }),
    ...(place === undefined ? {} : { place }),
  };
}

/** Name, sizes, what it reads, the model. */
function cardLine({ name, reads, features, width, model, labels }: DictionaryCard): string {
  const facts = [
    `${count(features)} features of ${reads} (width ${width})`,
    model === null ? 'of a model that is not said' : `of ${model.name}`,
    ...(labels === 0 ? [] : [`${count(labels)} labels`]),
  ];
  return `${name}: ${facts.join(', ')}`;
}
