/** `headscope pull`: downloads a model to the standard cache. */
import type { RequestOf } from '../../results/index.ts';
import type { Input } from '../input.ts';
import type { Command } from './command.ts';
import { followed } from './shared.ts';

export const pull: Command = {
  name: 'pull',
  summary: 'download a model to the standard Hugging Face cache',
  usage: ['pull OWNER/NAME[@REVISION][:FILE] [--file F ...]'],
  about: [
    'Prints the folder or file to open. A download that stopped goes on where it was, and each file is checked against its checksum.',
    'HF_HOME, HF_HUB_CACHE, HF_ENDPOINT and HF_TOKEN mean what they mean elsewhere.',
  ],
  examples: [
    'headscope pull HuggingFaceTB/SmolLM2-135M-Instruct',
    'headscope pull EleutherAI/pythia-70m@step3000',
    'headscope pull bartowski/SmolLM2-135M-Instruct-GGUF:SmolLM2-135M-Instruct-Q8_0.gguf',
  ],
  options: {
    file: {
      type: 'string',
      multiple: true,
      value: 'F',
      about: 'only this file; repeatable (default: what opening needs)',
    },
  },
  async run(input, context) {
    const request = readRequest(input);
    const { folder } = await followed(context, 'downloading', (options) => context.client.pull(request, options));
    await context.stdout.write(`${folder}\n`);
    return 0;
  },
};

function readRequest(input: Input): RequestOf<'pull'> {
  const [name, ...rest] = input.positionals;
  const match = /^([^/@:\s]+\/[^/@:\s]+)(?:@([^@:\s]+))?(?::([^:\s]+))?$/.exec(name ?? '');
  const repository = match?.[1];
  if (repository === undefined || rest.length > 0) {
    return input.fail('no repository', {
      expected: 'OWNER/NAME, OWNER/NAME@REVISION or OWNER/NAME:FILE',
      got: input.positionals.join(' ') || 'nothing',
    });
  }
  const revision = match?.[2];
  const files = [...(match?.[3] === undefined ? [] : [match[3]]), ...input.texts('file')];
  return { repository, ...(revision === undefined ? {} : { revision }), ...(files.length === 0 ? {} : { files }) };
}
