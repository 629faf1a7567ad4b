/** `headscope run`: next tokens before and after edits. */
import type { ResultOf } from '../../results/index.ts';
import type { NextToken } from '../../results/prediction.ts';
import { readEdits } from '../storedTensor.ts';
import type { Column } from '../table.ts';
import { formatTable, percent, printable, quoted, signed } from '../table.ts';
import type { Command } from './command.ts';
import {
  asJson,
  editHelp,
  editOption,
  jsonOption,
  modelRequest,
  openModel,
  promptInput,
  weightsOption,
} from './shared.ts';

type Run = ResultOf<'run'>;

export const run: Command = {
  name: 'run',
  summary: 'next tokens after a prompt, before and after edits',
  usage: ['run MODEL (--prompt T | --ids 1,2,3) [--edit E ...] [--top 10] [--json]'],
  about: [editHelp.join(' ')],
  examples: [
    'headscope run model.gguf --prompt "When Mary and John went to the store, John gave a drink to" --edit L9H6.z=zero',
    'headscope run model.gguf --prompt "The capital of France is" --edit "L5.scores[q=-1,k=0]=mask" --edit "L*.mlpOut*=0.9"',
  ],
  options: {
    prompt: { type: 'string', value: 'T', about: 'the text to continue' },
    ids: { type: 'string', value: '1,2,3', about: 'token ids instead of text' },
    ...editOption,
    top: { type: 'string', value: 'N', about: 'how many tokens to list (default 10)' },
    ...weightsOption,
    ...jsonOption,
  },
  async run(input, context) {
    const model = modelRequest(input);
    const prompt = promptInput(input);
    const top = input.integer('top', { otherwise: 10, from: 1, to: 1000 });
    const edits = await readEdits(input.texts('edit'));
    await openModel(context, { ...model, plan: { edits } });
    const request = { ...model, prompt, top, ...(edits.length === 0 ? {} : { edits }) };
    const result = await context.client.run(request, { signal: context.signal });
    await context.stdout.write(input.flag('json') ? asJson(result) : describe(result));
    return 0;
  },
};

function describe(result: Run): string {
  const tokens = result.tokens?.map((token) => printable(token)).join('|') ?? result.ids.join(' ');
  const head = `${result.ids.length} ${result.ids.length === 1 ? 'token' : 'tokens'}: ${tokens}\n\n`;
  if (result.after === null)
    return (
      head +
      formatTable(
        cleanColumns,
        result.before.map((token, i) => [`${i + 1}`, ...cells(token)]),
      )
    );
  const { before, after } = result;
  const rows = after.map((edited, i) => {
    const clean = before[i];
    return [
      `${i + 1}`,
      ...(clean === undefined ? ['', '', ''] : cells(clean)),
      ...cells(edited),
      signed(edited.logitChange),
    ];
  });
  return `${head}${formatTable(bothColumns, rows)}\nKL(before || after) of the next token: ${(result.kl ?? 0).toFixed(4)} nats\n`;
}

const cleanColumns: readonly Column[] = [
  { title: '#', align: 'right' },
  { title: 'token' },
  { title: 'probability', align: 'right' },
  { title: 'logit', align: 'right' },
];

const bothColumns: readonly Column[] = [
  { title: '#', align: 'right' },
  { title: 'before' },
  { title: 'probability', align: 'right' },
  { title: 'logit', align: 'right' },
  { title: 'after' },
  { title: 'probability', align: 'right' },
  { title: 'logit', align: 'right' },
  { title: 'logit change', align: 'right' },
];

function cells({ id, text, probability, logit }: NextToken): string[] {
  return [text === null ? `#${id}` : quoted(text), percent(probability), logit.toFixed(3)];
}
