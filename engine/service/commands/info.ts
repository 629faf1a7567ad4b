/** `headscope info`: what a model is and what it will cost, before anything is loaded. */
import type { ResultOf } from '../../results/index.ts';
import { sites } from '../../terms/sites.ts';
import type { Input } from '../input.ts';
import { bytes, count, formatFacts, formatTable } from '../table.ts';
import type { Command, Context } from './command.ts';
import { asJson, followed, jsonOption } from './shared.ts';

type Info = ResultOf<'info'>;

export const info: Command = {
  name: 'info',
  summary: 'what a model is, and the memory it will take',
  usage: ['info MODEL [--verify] [--json]', 'info --families [--json]'],
  about: [
    'MODEL is a GGUF file, a safetensors file, or a folder as it lies on disk: Hugging Face, its cache, LM Studio, TransformerLens.',
    'Reads headers only. --verify then reads every weight and names those that are not finite.',
  ],
  examples: ['headscope info models/SmolLM2-135M-Instruct.Q4_1.gguf', 'headscope info --families'],
  options: {
    verify: { type: 'boolean', about: 'read every weight and list what is wrong' },
    families: { type: 'boolean', about: 'list the model families and their sites' },
    ...jsonOption,
  },
  calls: 'headers',
  async run(input, context) {
    if (input.flag('families')) {
      if (input.positionals.length > 0)
        input.fail('one argument too many', { expected: '--families alone', got: input.positionals.join(' ') });
      return listFamilies(input, context);
    }
    const model = input.model();
    const result = await context.client.info({ model }, { signal: context.signal });
    const { stdout } = context;
    if (!input.flag('verify')) {
      await stdout.write(input.flag('json') ? asJson(result) : describe(result));
      return 0;
    }
    if (!input.flag('json')) await stdout.write(describe(result));
    const verified = await followed(context, 'verifying', (options) => context.client.verify({ model }, options));
    await stdout.write(input.flag('json') ? asJson({ ...result, verified }) : verdict(verified));
    for (const problem of verified.problems) await context.stderr.write(`headscope: ${problem}\n`);
    return verified.problems.length === 0 ? 0 : 2;
  },
};

function describe(info: Info): string {
  const { shape, memory } = info;
  const facts = formatFacts([
    ['model', info.name],
    ['family', `${info.architecture.title} (${info.format}${info.causal ? '' : ', bidirectional'})`],
    ['parity', parity(info.parity)],
    ['fingerprint', info.fingerprint],
    ['parameters', count(info.parameters)],
    ['layers', `${shape.layers}`],
    ['heads per layer', heads(info)],
    ['head width', `${shape.headWidth}`],
    ['width', `${shape.width}, MLP ${shape.mlpWidth ?? 'none'}`],
    [
      'vocabulary',
      shape.vocabulary === shape.outputVocabulary
        ? count(shape.vocabulary)
        : `${count(shape.vocabulary)} in, ${count(shape.outputVocabulary)} out`,
    ],
    ['context', `${count(shape.context)} tokens${windows(info)}`],
    ['tokenizer', tokenizer(info.tokenizer)],
    ...info.lacks.map(({ site, reason }): readonly [string, string] => ['no site', `${site}: ${reason}`]),
  ]);
  const storage = formatTable(
    [
      { title: 'stored as' },
      { title: 'tensors', align: 'right' },
      { title: 'values', align: 'right' },
      { title: 'size', align: 'right' },
    ],
    info.storage.map((entry) => [entry.type, `${entry.tensors}`, count(entry.elements), bytes(entry.bytes)]),
  );
  const cost = formatTable(
    [
      { title: 'held as' },
      { title: 'weights', align: 'right' },
      { title: 'memory to open', align: 'right' },
      { title: '' },
    ],
    (['float32', 'quantised', 'mapped'] as const).map((mode) => holding(mode, memory[mode], memory.free)),
  );
  return `${facts}\n${storage}\n${cost}free memory: ${bytes(memory.free)}\n`;
}

function parity(found: Info['parity']): string {
  if (found === null) return 'not measured: this family has no checkpoints to compare on';
  const { worst, site, fixtures, reference } = found;
  const over = `over ${fixtures} tiny checkpoints, at ${site}, against ${reference}`;
  return `${worst.toExponential(1)}: the family's worst difference ${over}; not of this file`;
}

function heads({ perLayer }: Info): string {
  const kinds = [...new Set(perLayer.map((layer) => `${layer.heads}, KV groups ${layer.kvHeads}`))];
  if (kinds.length === 1) return kinds[0] ?? '';
  return perLayer.map((layer, i) => `L${i}: ${layer.heads}, KV groups ${layer.kvHeads}`).join('; ');
}

function windows({ perLayer }: Info): string {
  const windowed = perLayer.flatMap(({ window }, layer) => (window === null ? [] : [{ layer, window }]));
  const sizes = [...new Set(windowed.map(({ window }) => window))];
  if (windowed.length === 0) return '';
  const where =
    windowed.length === perLayer.length ? 'every layer' : `layers ${windowed.map(({ layer }) => layer).join(', ')}`;
  return `, sliding window ${sizes.join(' or ')} in ${where}`;
}

function tokenizer(found: Info['tokenizer']): string {
  if (found.kind === 'absent') return `none: ${found.reason} (token ids work, text does not)`;
  const bos = found.bosId === null ? 'no BOS' : `BOS ${found.bosId}${found.addsBos ? ' put first' : ' not added'}`;
  return `${count(found.vocabulary)} entries, ${bos}, ends at ${found.eosIds.join(' ') || 'nothing'}${found.chat ? ', chat template' : ''}`;
}

function holding(name: string, cost: Info['memory']['float32'], free: number): string[] {
  if (cost.kind === 'impossible') return [name, '-', '-', cost.reason];
  return [name, bytes(cost.weights), bytes(cost.total), cost.total <= free ? '' : 'does not fit'];
}

function verdict({ tensors, problems }: ResultOf<'verify'>): string {
  return problems.length === 0
    ? `\nverified: all ${tensors} tensors are finite\n`
    : `\nverified: ${problems.length} of ${tensors} tensors are bad\n`;
}

async function listFamilies(input: Input, { client, stdout, signal }: Context): Promise<number> {
  const { families } = await client.families({}, { signal });
  if (input.flag('json')) await stdout.write(asJson({ families, sites }));
  else await stdout.write(familyTable(families));
  return 0;
}

function familyTable(families: ResultOf<'families'>['families']): string {
  const rows = families.map((family) => [
    family.id,
    family.title,
    family.modelTypes.join(', '),
    family.lacks.length === 0
      ? 'all'
      : `all but ${family.lacks.map(({ site, when }) => `${site} (${when})`).join(', ')}`,
  ]);
  const about = Object.entries(sites).map(([name, { axes, about: is }]) => [name, axes, is]);
  const table = formatTable(
    [{ title: 'family' }, { title: 'title' }, { title: 'model_type' }, { title: 'sites' }],
    rows,
  );
  const note = 'info MODEL says what a given model lacks, and why.';
  return `${table}\n${note}\n\n${formatTable([{ title: 'site' }, { title: 'axes' }, { title: 'is' }], about)}`;
}
