/** Dictionaries with drawn weights for a site of a model: features of any use are not needed to see whether sums add up. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll } from 'vitest';
import type { Model } from '../../../engine/run/index.ts';
import { seededRandom } from '../../../engine/tensor/random.ts';
import { rowForm } from '../../../sae/activations/siteRows.ts';
import type { Dictionary, Encoder, WeightName } from '../../../sae/dictionary.ts';
import { weightLength, weightNames } from '../../../sae/dictionary.ts';
import { writeDictionary } from '../../../sae/formats/dictionaryFolder.ts';
import { unitRows } from '../../../sae/directions.ts';
import type { DictionaryInput } from '../../../sae/input.ts';
import { headInput } from '../jobs.ts';

export interface DrawnOptions {
  readonly encoder?: Encoder;
  readonly features?: number;
  readonly input?: Partial<DictionaryInput>;
  readonly seed?: number;
}

export function drawnDictionary(model: Model, options: DrawnOptions = {}): Dictionary {
  const { encoder = { kind: 'relu' }, features = 24, seed = 1 } = options;
  const input: DictionaryInput = { ...headInput, ...options.input };
  const { width } = rowForm(input, model.family);
  const random = seededRandom(seed);
  const draw = (name: WeightName) => (name === 'threshold' ? 0.05 : 0.5 * random.normal());
  const weights = weightNames(encoder).map(
    (name) => [name, Float32Array.from({ length: weightLength(name, { width, features }) }, () => draw(name))] as const,
  );
  // A pursuit of longer atoms than 1 does not end.
  const made = weights.map(([name, data]) =>
    name === 'W_dec' ? ([name, Float32Array.from(unitRows(data, width))] as const) : ([name, data] as const),
  );
  return {
    ...{ width, features, encoder, input },
    weights: new Map(made),
    origin: { made: 'imported', by: 'test', settings: {}, seed: null, steps: null, samples: null, text: null },
    model: { name: model.files.name, fingerprint: model.files.fingerprint },
    density: null,
    labels: new Map(),
  };
}

/** A folder that is gone after the tests of this file. */
export function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'headscope-features-'));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

export async function written(folder: string, dictionary: Dictionary): Promise<string> {
  await writeDictionary(folder, { dictionary, training: null, created: '2026-01-01T00:00:00Z' });
  return folder;
}
