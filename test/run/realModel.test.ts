/** The runtime on real weights against PyTorch (fixtures/make/realModel.py): needs the GGUF beside the project. */
import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readFloat32 } from '../../engine/files/readTensor.ts';
import type { SafetensorsFile } from '../../engine/files/safetensors.ts';
import { readSafetensors } from '../../engine/files/safetensors.ts';
import { parsePromptFile } from '../../engine/tasks/promptFile.ts';
import type { Activations, Model, WeightMode } from '../../engine/run/index.ts';
import { openModel } from '../../engine/run/index.ts';
import { sweep } from '../../engine/run/sweep.ts';
import type { SweepUnit } from '../../engine/run/sweep.ts';
import { logitDifference } from '../../engine/tasks/metrics.ts';
import type { Site } from '../../engine/terms/sites.ts';
import { realModelPath } from './models.ts';

const path = realModelPath();
const fixture = (name: string) => new URL(`../../fixtures/real/${name}`, import.meta.url).pathname;
const left = 'SmolLM2-135M in GGUF (left out: the file is neither in HEADSCOPE_MODELS nor in ../shared/models)';
const layers = [0, 1, 7, 15, 22, 29];

interface Effect {
  readonly kind: 'zero' | 'mean' | 'resample';
  readonly unit: string;
  readonly layer: number;
  readonly heads?: readonly number[];
  readonly effect: number;
}

describe.skipIf(path === null)(path === null ? left : 'SmolLM2-135M in GGUF', () => {
  let golden: SafetensorsFile;
  const read = async (name: string): Promise<Float32Array> => {
    const stored = golden.tensors.get(name);
    if (stored === undefined) throw new RangeError(`no golden ${name}`);
    return readFloat32(stored);
  };
  beforeAll(async () => {
    golden = await readSafetensors(fixture('smollm2.safetensors'));
  });

  // Kept quantised, the products are summed in another order and per block: the reference's own tolerance on logits.
  describe.each([
    ['float32', 1e-3, 1e-4, 1e-5],
    ['quantised', 1e-3, 1e-4, 1e-4],
  ] as const)('held as %s', (weights: WeightMode, logitTolerance, patternTolerance, relative) => {
    let model: Model;
    let run: Activations;
    beforeAll(async () => {
      model = await openModel(path ?? '', { weights });
      const texts = JSON.parse(golden.metadata['texts'] ?? '[]') as readonly string[];
      // The golden rows are the texts' first 16 tokens.
      const ids = texts.map((text) => model.tokenizer.encode(text, { special: false }).slice(0, 16));
      const sites: Site[] = ['pattern', 'residPre', 'q', 'k', 'v', 'z'];
      run = await model.forward({ ids, capture: [...sites.map((site) => ({ site, layers })), { site: 'finalNorm' }] });
    }, 120_000);
    afterAll(() => model.dispose());

    it('has the logits of PyTorch', async () => {
      const expected = await read('logits.last');
      const { logits } = run;
      if (logits === null) throw new RangeError('no logits');
      const [rows, slots, width] = logits.axes.map(({ size }) => size) as [number, number, number];
      let worst = 0;
      for (let b = 0; b < rows; b++) {
        for (let v = 0; v < width; v++) {
          worst = Math.max(
            worst,
            Math.abs((logits.data[(b * slots + slots - 1) * width + v] ?? NaN) - (expected[b * width + v] ?? 0)),
          );
        }
      }
      expect(worst).toBeLessThan(logitTolerance);
    });

    it('has the patterns of PyTorch', async () => {
      for (const layer of layers) {
        expect(
          worstDifference(run.get('pattern', layer).data, await read(`pattern.${layer}`)),
          `layer ${layer}`,
        ).toBeLessThan(patternTolerance);
      }
    });

    it.each(['residPre', 'q', 'k', 'v', 'z'] as const)('has the values of PyTorch at %s', async (site) => {
      for (const layer of layers) {
        const expected = await read(`${site}.${layer}`);
        const largest = expected.reduce((most, x) => Math.max(most, Math.abs(x)), 0);
        const worst = worstDifference(run.get(site, layer).data, expected);
        expect(worst / largest, `layer ${layer}, largest ${largest}`).toBeLessThan(relative);
      }
    });
  });

  it('ablates as a PyTorch hook loop does', async () => {
    const model = await openModel(path ?? '', { weights: 'float32' });
    const recorded = JSON.parse(readFileSync(fixture('ablation.json'), 'utf8')) as {
      readonly baseline: { readonly mean: number };
      readonly effects: readonly Effect[];
    };
    const { vocabulary, context } = model.family.shape;
    const text = readFileSync(fixture('ioi.jsonl'), 'utf8');
    const prompts = parsePromptFile(text, { tokenizer: null, vocabulary, context, where: 'ioi.jsonl' });
    const mean = (logits: Float32Array) =>
      prompts.reduce(
        (sum, prompt, i) => sum + logitDifference(logits.subarray(i * vocabulary, (i + 1) * vocabulary), prompt),
        0,
      ) / prompts.length;
    for (const kind of ['zero', 'mean', 'resample'] as const) {
      const effects = recorded.effects.filter((effect) => effect.kind === kind && effect.layer >= 20);
      const units: SweepUnit[] = effects.map(({ layer, heads, unit }) => [{ layer, ...sitesOf(unit, heads) }]);
      const results = sweep(model, {
        ids: prompts.map(({ ids }) => ids),
        answerPositions: prompts.map(({ answerPosition }) => answerPosition),
        units,
        kind,
        ...(kind === 'resample' ? { reference: prompts.map(({ corruptIds }) => corruptIds ?? []) } : {}),
      });
      let baseline = NaN;
      for await (const { unit, logits } of results) {
        if (unit === null) {
          baseline = mean(logits.data);
          expect(baseline).toBeCloseTo(recorded.baseline.mean, 3);
        } else {
          const expected = effects[units.indexOf(unit)];
          expect(mean(logits.data) - baseline, `${kind} L${expected?.layer} ${expected?.heads}`).toBeCloseTo(
            expected?.effect ?? NaN,
            3,
          );
        }
      }
    }
    await model.dispose();
  }, 300_000);
});

function sitesOf(
  unit: string,
  heads: readonly number[] | undefined,
): { sites: readonly Site[]; heads?: readonly number[] } {
  if (unit === 'mlp') return { sites: ['mlpOut'] };
  if (unit === 'layer') return { sites: ['attnOut', 'mlpOut'] };
  return { sites: ['z'], ...(heads === undefined ? {} : { heads }) };
}

/** Over the golden's values: it may hold the first rows only. */
function worstDifference(found: Float32Array, expected: Float32Array): number {
  return expected.reduce((most, x, i) => Math.max(most, Math.abs(x - (found[i] ?? NaN))), 0);
}
