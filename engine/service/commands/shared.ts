/** Options and steps that several commands share. */
import type { CallOptions, RequestOf, ResultOf } from '../../results/index.ts';
import { drain } from '../../results/index.ts';
import type { Progress, PromptInput } from '../../results/records.ts';
import type { Input } from '../input.ts';
import type { Context, Option } from './command.ts';

export const weightsOption = {
  weights: {
    type: 'string',
    value: 'auto|float32|quantised|mapped',
    about:
      'how to hold the weights: as float32, in the blocks they are stored in, or left in the file (default: by size)',
  },
} as const satisfies Record<string, Option>;

export const jsonOption = {
  json: { type: 'boolean', about: 'print the result as JSON' },
} as const satisfies Record<string, Option>;

export const taskOption = {
  option: {
    type: 'string',
    multiple: true,
    value: 'K=V',
    about: 'a setting of the task; repeatable (headscope task lists them)',
  },
} as const satisfies Record<string, Option>;

/** `--option pairs=3 --option order=ABBA`; the task checks names and values. */
export function taskOptions(input: Input): { readonly options?: Readonly<Record<string, string>> } {
  const pairs = input.texts('option').map((text) => {
    const at = text.indexOf('=');
    if (at < 1) input.fail('--option', { expected: 'NAME=VALUE', got: text });
    return [text.slice(0, at), text.slice(at + 1)] as const;
  });
  const names = pairs.map(([name]) => name);
  const twice = names.find((name, i) => names.indexOf(name) !== i);
  if (twice !== undefined) input.fail('--option given twice', { got: twice });
  return pairs.length === 0 ? {} : { options: Object.fromEntries(pairs) };
}

export const editOption = {
  edit: {
    type: 'string',
    multiple: true,
    value: 'E',
    about: 'change a value while the model runs; repeatable, in order',
  },
} as const satisfies Record<string, Option>;

/** Said in the help of every command that takes edits. */
export const editHelp = [
  'Edits are PLACE CHANGE. A place is a layer, heads where the site has them, and a site: L9H6.z, L9H1,3-5.z, L*.mlpOut,',
  'logits. [q=..] or [p=..] picks positions, [k=..] key positions, [b=..] rows; negative ones count from the end; [scope=decode] or [scope=prefill] where new tokens are made or before.',
  'Changes: =zero, =scale(0.5) or *=0.5, =mask or =stream(sinks,recent) (scores), =mix(uniform,0.5) or =mix(identity) (pattern),',
  '=mean(FILE#name), =resample(FILE#name), =replace(FILE#name), +=0.5*FILE#name, where FILE is written by capture.',
] as const;

/** The model of a request, held as the options say. */
export function modelRequest(input: Input): RequestOf<'open'> {
  const weights = input.choice('weights', ['auto', 'float32', 'quantised', 'mapped']);
  return { model: input.model(), ...(weights === undefined ? {} : { weights }) };
}

/** Loads the model first, so that its progress can be shown. */
export async function openModel(context: Context, request: RequestOf<'open'>): Promise<ResultOf<'open'>> {
  return followed(context, 'opening', (options) => context.client.open(request, options));
}

/** Runs a stream to its end: progress goes to the progress line, everything else to `onEvent`. */
export async function followed<E extends { readonly kind: string }, R>(
  { progress, signal }: Context,
  what: string,
  start: (options: CallOptions) => AsyncGenerator<E | Progress, R, void>,
  onEvent: (event: Exclude<E, Progress>) => void | Promise<void> = () => undefined,
): Promise<R> {
  try {
    return await drain(start({ signal }), (event) => {
      if (isProgress(event)) return progress.report(what, event);
      return onEvent(event as Exclude<E, Progress>);
    });
  } finally {
    progress.clear();
  }
}

function isProgress(event: { readonly kind: string }): event is Progress {
  return event.kind === 'progress';
}

/** `--prompt T` or `--ids 1,2,3`. */
export function promptInput(input: Input): PromptInput {
  return input.oneOf(['prompt', 'ids']) === 'ids' ? { ids: input.tokenIds('ids') } : { text: input.required('prompt') };
}

export function asJson(value: unknown): string {
  return `${JSON.stringify(value, null, 2)}\n`;
}
