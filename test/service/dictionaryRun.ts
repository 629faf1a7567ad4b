/** Small trainings of dictionaries through their call, for tests and for the process that is killed. */
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { EventOf, RequestOf, ResultOf } from '../../engine/results/index.ts';
import { trainDictionariesEvent, trainDictionariesResult } from '../../engine/results/trainDictionaries.ts';
import type { DictionaryToTrain } from '../../engine/results/trainDictionaries.ts';
import type { Model } from '../../engine/run/index.ts';
import type { SavingPace } from '../../engine/service/calls/trainDictionaries.ts';
import { trainDictionariesCall } from '../../engine/service/calls/trainDictionaries.ts';
import { sourceOf } from '../../engine/service/openModels.ts';

export const tinyHeads = fileURLToPath(new URL('../../fixtures/models/tiny-heads', import.meta.url));

export type Request = RequestOf<'trainDictionaries'>;
export type Event = EventOf<'trainDictionaries'>;

/** F = 48 on z of L1H2, unless said otherwise. */
export function dictionary(name: string, asked: Partial<DictionaryToTrain> = {}): DictionaryToTrain {
  return {
    name,
    variant: 'topK',
    features: 48,
    place: { site: 'z', layer: 1, head: 2 },
    settings: { k: 3 },
    normalisation: 'averageNorm',
    learningRate: 3e-3,
    seed: 0,
    ...asked,
  };
}

/** 24 steps of 64 rows in pools of 400, of windows of stories. */
export function smallRequest(out: string, asked: Partial<Request> = {}): Request {
  return {
    model: tinyHeads,
    out,
    dictionaries: [dictionary('one')],
    rows: { kind: 'text', texts: { source: { kind: 'stories' }, n: 16, length: 64 } },
    ...{ steps: 24, batch: 64, pool: 400, disk: 0, memory: 1e9, heldOut: 200, seed: 0 },
    ...{ controls: [], measureEvery: 12, lossTokens: 0 },
    ...asked,
  };
}

export interface Trained {
  readonly events: readonly Event[];
  readonly result: ResultOf<'trainDictionaries'>;
}

export interface TrainingOptions {
  readonly pace?: SavingPace;
  readonly signal?: AbortSignal;
  readonly onEvent?: (event: Event) => void;
}

/** Every event and the result as the contract has them. */
export async function trainSmall(model: Model, request: Request, options: TrainingOptions = {}): Promise<Trained> {
  const { signal = new AbortController().signal, onEvent, pace } = options;
  const events: Event[] = [];
  const stream = trainDictionariesCall(sourceOf(model), pace)(request, { signal, priority: 'job' });
  for (;;) {
    const step = await stream.next();
    if (step.done === true) return { events, result: trainDictionariesResult.parse(step.value) };
    const event = trainDictionariesEvent.parse(step.value);
    events.push(event);
    onEvent?.(event);
  }
}

/** SHA-256 of the weights of a dictionary and of the states that it goes on from. */
export function bitsIn(out: string, name: string): string {
  const hash = createHash('sha256');
  for (const file of [join(out, name, 'dictionary.safetensors'), join(out, 'training', 'states.safetensors')])
    hash.update(tensorsOf(readFileSync(file)));
  return hash.digest('hex');
}

/** A safetensors file without its header, which says when it was made. */
function tensorsOf(file: Buffer): Buffer {
  return file.subarray(8 + Number(file.readBigUInt64LE()));
}

/** Of the training that is killed: two variants, one of which starts dead features again, with rows on disk. */
export function killedRequest(out: string): Request {
  const pursuit = { variant: 'matchingPursuit', settings: { steps: 3 }, remedy: 'resample' } as const;
  const dictionaries = [dictionary('one'), dictionary('pursuit', pursuit)];
  return smallRequest(out, { dictionaries, controls: ['pca'], steps: 40, measureEvery: 7, memory: 0, disk: 1e6 });
}
