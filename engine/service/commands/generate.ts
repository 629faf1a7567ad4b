/** `headscope generate`: continues a prompt, token by token. */
import type { EventOf, RequestOf } from '../../results/index.ts';
import type { Input } from '../input.ts';
import { readEdits } from '../storedTensor.ts';
import type { Command, Context } from './command.ts';
import { editHelp, editOption, modelRequest, openModel, weightsOption } from './shared.ts';

export const generate: Command = {
  name: 'generate',
  summary: 'continue a prompt, greedily or sampled with a seed',
  usage: [
    'generate MODEL (--prompt T | --chat T | --ids 1,2,3) [--edit E ...] [--max 50] [--temperature 0] [--top-p 1] [--seed 0]',
  ],
  about: [
    'The text appears as it is made; Ctrl-C keeps what there is. Without a tokenizer the ids are printed.',
    editHelp.join(' '),
  ],
  examples: [
    'headscope generate model.gguf --prompt "Once upon a time" --max 30',
    'headscope generate model.gguf --chat "Name three rivers." --temperature 0.7 --seed 1',
  ],
  options: {
    prompt: { type: 'string', value: 'T', about: 'the text to continue' },
    chat: { type: 'string', value: 'T', about: "a user's message, put into the model's chat template" },
    ids: { type: 'string', value: '1,2,3', about: 'token ids instead of text' },
    ...editOption,
    max: { type: 'string', value: 'N', about: 'most tokens to add (default 50)' },
    temperature: { type: 'string', value: 'X', about: '0 is greedy (default 0)' },
    'top-p': { type: 'string', value: 'X', about: 'keep the likeliest tokens up to this probability (default 1)' },
    seed: { type: 'string', value: 'N', about: 'of the sampling (default 0)' },
    ...weightsOption,
  },
  async run(input, context) {
    const request = await readRequest(input);
    await openModel(context, { ...modelRequest(input), plan: { edits: request.edits ?? [] } });
    return stream(request, context);
  },
};

async function readRequest(input: Input): Promise<RequestOf<'generate'>> {
  const edits = await readEdits(input.texts('edit'));
  return {
    ...modelRequest(input),
    prompt: generatePrompt(input),
    max: input.integer('max', { otherwise: 50, from: 1, to: 1_000_000 }),
    temperature: input.number('temperature', { otherwise: 0, from: 0 }),
    topP: input.number('top-p', { otherwise: 1, from: 0, to: 1 }),
    seed: input.integer('seed', { otherwise: 0, from: Number.MIN_SAFE_INTEGER }),
    ...(edits.length === 0 ? {} : { edits }),
  };
}

function generatePrompt(input: Input): RequestOf<'generate'>['prompt'] {
  const given = input.oneOf(['prompt', 'chat', 'ids']);
  if (given === 'chat') return { chat: [{ role: 'user', content: input.required('chat') }] };
  return given === 'ids' ? { ids: input.tokenIds('ids') } : { text: input.required('prompt') };
}

const endings = { end: ', ended by the model', context: ', the context is full', length: '' } as const;

async function stream(request: RequestOf<'generate'>, { client, stdout, stderr, signal }: Context): Promise<number> {
  const events = client.generate(request, { signal });
  let hasText = false;
  try {
    for (;;) {
      const step = await events.next();
      if (step.done === true) {
        const { ids, seconds, stopped, promptTokens } = step.value;
        const rate = (ids.length / Math.max(seconds, 1e-9)).toFixed(1);
        await stdout.write('\n');
        hasText = false;
        await stderr.write(`${promptTokens} + ${ids.length} tokens, ${rate} tokens/s${endings[stopped]}\n`);
        return 0;
      }
      await stdout.write(shown(step.value));
      hasText = true;
    }
  } finally {
    if (hasText) await stdout.write('\n');
  }
}

// A model may write anything: control characters other than line breaks and tabs must not reach the terminal.
function shown({ id, text }: EventOf<'generate'>): string {
  return text === null ? `${id} ` : text.replace(/[\u0000-\u0008\u000b-\u001f\u007f-\u009f]/g, '\ufffd');
}
