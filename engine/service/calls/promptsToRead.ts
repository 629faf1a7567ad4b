/** The prompts that head scores are read on. */
import { createHash } from 'node:crypto';
import { basename } from 'node:path';
import type { RequestOf } from '../../results/index.ts';
import type { ScoresHeader } from '../../results/scores.ts';
import type { Model } from '../../run/index.ts';
import type { ScorePrompt } from '../../scores/headScore.ts';
import { repeatedTokens } from '../../scores/repeatedTokens.ts';
import { taskPrompt } from '../../scores/taskPrompt.ts';
import { taskById } from '../../tasks/index.ts';
import { seededRandom } from '../../tensor/random.ts';
import { Fault } from '../../terms/fault.ts';
import { promptsOfFile, taskTokenizer, tokenizerOf } from './prompts.ts';
import { taskPrompts } from './task.ts';

type Request = Pick<RequestOf<'scores'>, 'prompts' | 'seed'>;

export interface PromptsToRead {
  readonly prompts: readonly ScorePrompt[];
  readonly header: ScoresHeader['prompts'];
}

/** Throws Fault where the model can't have such prompts. */
export function promptsToRead(model: Model, { prompts: source, seed }: Request): PromptsToRead {
  const bosId = tokenizerOf(model)?.bosId ?? null;
  switch (source.kind) {
    case 'repeated': {
      const { prompts, length } = repeated(model, source);
      return read(prompts, bosId, { dataset: 'repeated random tokens', repeated: length, seed: source.seed });
    }
    case 'task': {
      const generated = taskPrompts(model, taskById(source.task), source);
      const prompts = generated.prompts.map((prompt) => taskPrompt(prompt, bosId));
      return read(prompts, bosId, { dataset: generated.task, repeated: null, seed: source.seed });
    }
    case 'file': {
      const prompts = promptsOfFile(model, source.file).map((prompt) => taskPrompt(prompt, bosId));
      return read(prompts, bosId, { dataset: basename(source.file.name), repeated: null, seed });
    }
  }
}

function repeated(model: Model, source: Extract<Request['prompts'], { kind: 'repeated' }>) {
  const { vocabulary, outputVocabulary, context } = model.family.shape;
  const { n, seed, length } = source;
  return repeatedTokens({
    ...{ n, context, random: seededRandom(seed), tokenizer: taskTokenizer(model), bosId: bosOf(model, source.bos) },
    vocabulary: Math.min(vocabulary, outputVocabulary),
    ...(length === undefined ? {} : { length }),
  });
}

function bosOf(model: Model, bos: 'model' | 'with' | 'without'): number | null {
  if (bos === 'without') return null;
  if (bos === 'model') return taskTokenizer(model)?.bosId ?? null;
  const id = tokenizerOf(model)?.bosId ?? null;
  if (id !== null) return id;
  throw new Fault({
    what: 'no BOS to put before the prompts',
    where: model.files.path,
    expected: 'a tokenizer with one',
  });
}

function read(
  prompts: readonly ScorePrompt[],
  bosId: number | null,
  about: Pick<ScoresHeader['prompts'], 'dataset' | 'repeated' | 'seed'>,
): PromptsToRead {
  const ids = prompts.map((prompt) => prompt.ids);
  const header = {
    ...about,
    n: ids.length,
    tokens: ids.reduce((total, row) => total + row.length, 0),
    bosPrepended: bosId !== null && ids.every(([first]) => first === bosId),
    tokenIdsSha256: createHash('sha256').update(JSON.stringify(ids)).digest('hex'),
  };
  return { prompts, header };
}
