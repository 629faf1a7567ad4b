/** Trains a model from its configuration. */
import { join, resolve } from 'node:path';
import { familyOf } from '../../arch/index.ts';
import { openFolder } from '../../files/folder.ts';
import { checkVocabulary, createTokenizer } from '../../files/tokenizer/index.ts';
import { findTokenizer, tokenizerFiles } from '../../files/tokenizerSource.ts';
import type { EventOf, RequestOf, Service } from '../../results/index.ts';
import type { TrainConfig, TrainData } from '../../train/config.ts';
import { stepsOf } from '../../train/config.ts';
import type { TrainEvent, TrainRequest } from '../../train/train.ts';
import { train } from '../../train/train.ts';
import { forTasks } from './prompts.ts';

type Request = RequestOf<'train'>;

export function trainCall(): Service['train'] {
  return async function* trainModel(request, { signal }) {
    const started = performance.now();
    const config = configOf(request);
    const events = train({ config, folder: request.out, ...(await tokenizerIn(request)), signal });
    const steps = stepsOf(config);
    for await (const event of events) {
      yield toEvent(event);
      if (event.kind === 'step') yield { kind: 'progress', of: 'steps', done: event.step, total: steps };
    }
    return { folder: request.out, steps, seconds: (performance.now() - started) / 1000 };
  };
}

/** The configuration with its paths resolved. */
function configOf({ config, base }: Request): TrainConfig {
  const { schema: _, schema_version: __, data, ...rest } = config;
  const resolved: TrainData =
    data.kind === 'tokens' ? { ...data, files: data.files.map((file) => resolve(base, file)) } : data;
  return { ...rest, data: resolved };
}

async function tokenizerIn({ config, base }: Request): Promise<Pick<TrainRequest, 'tokenizer' | 'beside'>> {
  if (config.tokenizer === undefined) return { tokenizer: null, beside: [] };
  const folder = await openFolder(resolve(base, config.tokenizer));
  const tokenizer = createTokenizer(await findTokenizer(folder), config.model);
  const { family } = familyOf(config.model);
  checkVocabulary(tokenizer, family.shape.vocabulary);
  const names = tokenizerFiles.filter((name) => folder.names.includes(name));
  return { tokenizer: forTasks(tokenizer), beside: names.map((name) => ({ name, path: join(folder.path, name) })) };
}

function toEvent(event: TrainEvent): EventOf<'train'> {
  return event.kind === 'checkpoint' ? { kind: 'checkpoint', step: event.state.step } : event;
}
