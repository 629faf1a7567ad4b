/** `headscope capture`: values at sites, into a safetensors file. */
import type { CapturedTensor } from '../../results/capture.ts';
import type { RequestOf } from '../../results/index.ts';
import { isAbort } from '../../results/index.ts';
import type { Site } from '../../terms/sites.ts';
import { isSite, sites } from '../../terms/sites.ts';
import type { Captured } from '../captured.ts';
import { CaptureCollector } from '../captured.ts';
import { partialNote, writeCapture } from '../captureFile.ts';
import type { Input } from '../input.ts';
import { checkOutput } from '../output.ts';
import { readEdits } from '../storedTensor.ts';
import { bytes, formatTable } from '../table.ts';
import { readTextFile } from '../textFile.ts';
import type { Command, Context } from './command.ts';
import {
  asJson,
  editHelp,
  editOption,
  followed,
  jsonOption,
  modelRequest,
  openModel,
  weightsOption,
} from './shared.ts';

export const capture: Command = {
  name: 'capture',
  summary: 'write values at any site to a safetensors file',
  usage: [
    'capture MODEL (--prompt T | --ids 1,2,3 | --prompts F.jsonl) --sites logits,pattern [--layers 0-3,7] [--edit E ...] --out X.safetensors',
  ],
  about: [
    'Tensors are float32, named logits [B P V], pattern.L [B N P K], residPre.L [B P D] and so on (sites: headscope info --families).',
    'Prompts of unequal length are padded on the right with 0; lengths [B] is in the file. Token ids, axes and the model fingerprint are in its metadata. Ctrl-C keeps the prompts that are done.',
    `With edits, a site shows its value after them. ${editHelp.join(' ')}`,
  ],
  examples: [
    'headscope capture model.gguf --prompt "The cat sat on the mat" --sites pattern,z --layers 0-3 --out cat.safetensors',
    'headscope capture model.gguf --ids 1,2,3 --sites logits,residPre --out ids.safetensors',
  ],
  options: {
    prompt: { type: 'string', value: 'T', about: 'one prompt as text' },
    ids: { type: 'string', value: '1,2,3', about: 'one prompt as token ids' },
    prompts: { type: 'string', value: 'F.jsonl', about: 'prompts, one JSON object a line: text or ids' },
    sites: { type: 'string', value: 'S,S', about: 'what to keep, after each other with commas' },
    layers: { type: 'string', value: '0-3,7', about: 'layers to keep (default: all)' },
    ...editOption,
    out: { type: 'string', value: 'X', about: 'the file to write; never one that exists' },
    ...weightsOption,
    ...jsonOption,
  },
  async run(input, context) {
    const out = input.path('out') ?? input.required('out');
    const request = await readRequest(input);
    await checkOutput(out);
    const { sites: names, layers, edits = [] } = request;
    const plan = { sites: names, edits, ...(layers === undefined ? {} : { layers }) };
    await openModel(context, { ...modelRequest(input), plan });
    return captureInto(out, request, input, context);
  },
};

/** On Ctrl-C the rows that are done are written. */
async function captureInto(
  out: string,
  request: RequestOf<'capture'>,
  input: Input,
  context: Context,
): Promise<number> {
  const collector = new CaptureCollector();
  try {
    await followed(context, 'capturing', (options) => context.client.capture(request, options), collector.take);
  } catch (error) {
    if (isAbort(error) && collector.hasRows) await write(out, collector.captured(), input, context);
    throw error;
  }
  await write(out, collector.captured(), input, context);
  return 0;
}

async function write(out: string, captured: Captured, input: Input, { stdout, stderr }: Context): Promise<void> {
  const { tensors, ids, asked } = captured;
  await writeCapture(out, captured, input.texts('edit'));
  await stdout.write(input.flag('json') ? asJson(listed(tensors)) : table(out, tensors));
  if (ids.length < asked) await stderr.write(`warning: partial: ${partialNote(ids.length, asked)}\n`);
}

async function readRequest(input: Input): Promise<RequestOf<'capture'>> {
  const layers = input.indices('layers');
  const edits = await readEdits(input.texts('edit'));
  return {
    ...modelRequest(input),
    prompts: await promptsOf(input),
    sites: readSites(input),
    ...(layers === undefined ? {} : { layers }),
    ...(edits.length === 0 ? {} : { edits }),
  };
}

async function promptsOf(input: Input): Promise<RequestOf<'capture'>['prompts']> {
  const given = input.oneOf(['prompt', 'ids', 'prompts']);
  if (given === 'prompts') return readTextFile(input.required('prompts'));
  return [given === 'ids' ? { ids: input.tokenIds('ids') } : { text: input.required('prompt') }];
}

function readSites(input: Input): Site[] {
  return input
    .required('sites')
    .split(',')
    .map((part) => {
      const name = part.trim();
      return isSite(name) ? name : input.fail('unknown site', { expected: Object.keys(sites).join(', '), got: name });
    });
}

function listed(tensors: readonly CapturedTensor[]) {
  return tensors.map(({ name, axes, shape }) => ({ name, axes, shape }));
}

function table(out: string, tensors: readonly CapturedTensor[]): string {
  const rows = tensors.map(({ name, axes, shape }) => [name, axes, shape.join(' x ')]);
  const total = tensors.reduce((sum, { data }) => sum + data.byteLength, 0);
  return `${formatTable([{ title: 'tensor' }, { title: 'axes' }, { title: 'shape' }], rows)}\nwritten: ${out} (${bytes(total)})\n`;
}
