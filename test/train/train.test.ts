/** Whole runs: a model learns, and a run that was stopped goes on to the same weights. */
import { existsSync, readdirSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { readSafetensors } from '../../engine/files/safetensors.ts';
import { openModel } from '../../engine/run/model.ts';
import type { TrainingState } from '../../engine/train/state.ts';
import { train } from '../../engine/train/train.ts';
import { TrainingStep } from '../../engine/train/trainingStep.ts';
import { faultOf, temporaryFolder } from '../files/temporary.ts';
import { ENTROPY, logIn, runTraining, smallConfig, VOCABULARY, weightsIn, writeChain } from './runs.ts';

const folder = temporaryFolder();
const at = (name: string) => join(folder, name);
const chain = writeChain(at('chain.bin'));
const config = smallConfig([chain]);
const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;

/** The run that was never stopped. */
await runTraining(at('whole'), config);

describe('training', () => {
  it('learns: from the loss of a guess to near the entropy of the text in 150 steps, and not below it', async () => {
    const stages = [{ steps: 150, rows: 8, length: 32 }];
    await runTraining(at('learns'), smallConfig([chain], { stages }));
    const losses = logIn(at('learns')).map(({ loss }) => loss);
    expect(losses[0]).toBeGreaterThan(Math.log(VOCABULARY) - 0.2);
    expect(mean(losses.slice(-20))).toBeLessThan(ENTROPY + 0.1);
    expect(mean(losses.slice(-20))).toBeGreaterThan(ENTROPY - 0.05);
  });

  it('gives a folder that opens, with the logits that it was trained with', async () => {
    let last: TrainingState | null = null;
    await runTraining(at('again'), config, (event) => {
      if (event.kind === 'checkpoint') last = event.state;
    });
    expect(weightsIn(at('again'))).toBe(weightsIn(at('whole')));
    const model = await openModel(at('again'));
    const ids = [7, 1, 30, 2, 2, 19, 4, 5, 8];
    const { logits } = await model.forward({ ids: [ids.slice(0, -1)] });
    const step = await TrainingStep.create(model.family, { rows: 1, length: 8 }, config.optimiser);
    const targets = BigInt64Array.from(ids.slice(1), BigInt);
    const batch = { ids: BigInt64Array.from(ids.slice(0, -1), BigInt), targets, weights: new Float32Array(8).fill(1) };
    const { loss } = await step.run(last ?? expect.fail('no checkpoint'), batch, 0);
    const each = ids.slice(1).map((target, i) => {
      const row = [...(logits?.data.subarray(i * VOCABULARY, (i + 1) * VOCABULARY) ?? [])];
      return Math.log(row.reduce((sum, x) => sum + Math.exp(x), 0)) - (row[target] ?? NaN);
    });
    expect(mean(each)).toBeCloseTo(loss, 5);
    await Promise.all([step.release(), model.dispose()]);
  });

  it('tells of its start, every step and every checkpoint', async () => {
    const events: string[] = [];
    await runTraining(at('events'), smallConfig([chain], { checkpointEvery: 20 }), (event) => {
      if (event.kind === 'start') events.push(`start ${event.parameters} ${event.steps} ${event.resumedAt}`);
      if (event.kind === 'checkpoint') events.push(`checkpoint ${event.state.step}`);
      if (event.kind === 'step' && event.step % 25 === 0) {
        events.push(`step ${event.step}`);
        expect([event.loss, event.gradientNorm, event.learningRate, event.tokensPerSecond].every((x) => x > 0)).toBe(
          true,
        );
      }
    });
    // 2 x 32 x 32 + 2 (32 (32 + 2 x 16 + 32) + 3 x 32 x 64 + 2 x 32) + 32
    const parameters = 2048 + 2 * (3072 + 6144 + 64) + 32;
    expect(events).toEqual([
      `start ${parameters} 50 0`,
      'checkpoint 20',
      'step 25',
      'checkpoint 40',
      'step 50',
      'checkpoint 50',
    ]);
    expect(weightsIn(at('events'))).toBe(weightsIn(at('whole')));
  });

  it('gives other weights for another seed', async () => {
    await runTraining(at('seed'), { ...config, seed: 4 });
    expect(weightsIn(at('seed'))).not.toBe(weightsIn(at('whole')));
  });
});

describe('a run that is stopped', () => {
  const stepsOf = async (folder: string) =>
    Number((await readSafetensors(join(folder, 'training', 'checkpoint.safetensors'))).metadata['step']);

  async function expectWhole(path: string): Promise<void> {
    const resumed: number[] = [];
    await runTraining(path, config, (event) => event.kind === 'start' && resumed.push(event.resumedAt));
    expect(weightsIn(path)).toBe(weightsIn(at('whole')));
    expect(logIn(path)).toEqual(logIn(at('whole')));
    expect(readdirSync(path).toSorted()).toEqual(['config.json', 'model.safetensors', 'training']);
    expect(readdirSync(join(path, 'training')).toSorted()).toEqual(['checkpoint.safetensors', 'log.jsonl']);
    expect(resumed[0]).toBeGreaterThan(0);
  }

  it.each([3, 17, 30, 44])(
    'by its signal at step %i leaves a checkpoint, and goes on to the same weights',
    async (step) => {
      const path = at(`aborted-${step}`);
      const controller = new AbortController();
      const stopped = runTraining(
        path,
        config,
        (event) => event.kind === 'step' && event.step === step && controller.abort(),
        controller.signal,
      );
      await expect(stopped).rejects.toThrow(/abort/);
      expect(await stepsOf(path)).toBe(step);
      await expectWhole(path);
    },
  );

  it('because nobody takes its events leaves a checkpoint too', async () => {
    const path = at('left');
    for await (const event of train({ config, folder: path, tokenizer: null, beside: [] })) {
      if (event.kind === 'step' && event.step === 13) break;
    }
    expect(await stepsOf(path)).toBe(13);
    await expectWhole(path);
  });

  it('goes on where a kill left a cut line in the log and half a checkpoint beside the last one', async () => {
    const path = at('cut');
    for await (const event of train({ config, folder: path, tokenizer: null, beside: [] })) {
      if (event.kind === 'step' && event.step === 23) break;
    }
    const training = (name: string) => join(path, 'training', name);
    writeFileSync(training('log.jsonl'), '{"step":24,"loss":1}\n{"step":25,"lo', { flag: 'a' });
    writeFileSync(training('.checkpoint.safetensors.123.abc1.part'), 'half');
    writeFileSync(join(path, '.model.safetensors.123.abc1.part'), 'half');
    await expectWhole(path);
  });

  it('may save at other steps and in another dtype when it goes on', async () => {
    const path = at('free');
    for await (const event of train({ config, folder: path, tokenizer: null, beside: [] })) {
      if (event.kind === 'step' && event.step === 8) break;
    }
    await runTraining(path, { ...config, checkpointEvery: 7, dtype: 'float16' });
    const [half, whole] = [path, at('whole')].map((name) => statSync(join(name, 'model.safetensors')).size);
    expect(half).toBeLessThan((whole ?? 0) * 0.6);
    await runTraining(path, config);
    expect(weightsIn(path)).toBe(weightsIn(at('whole')));
  });
});

describe('a run that diverges', () => {
  const diverging = (peak: number, checkpointEvery: number) =>
    smallConfig([chain], { schedule: { kind: 'constant', peak, warmup: 0, floor: 1 }, checkpointEvery });

  it('stops with the step named, and keeps the last good checkpoint', async () => {
    const path = at('diverges');
    const fault = await faultOf(() => runTraining(path, diverging(1e36, 1)));
    expect(fault).toMatch(
      /^step \d+: training diverged: expected finite numbers, got loss \S+, gradient of length \S+$/,
    );
    const step = Number(/\d+/.exec(fault)?.[0]);
    const { metadata } = await readSafetensors(join(path, 'training', 'checkpoint.safetensors'));
    expect(Number(metadata['step'])).toBe(step - 1);
    expect(logIn(path).map((row) => row.step)).toEqual(Array.from({ length: step - 1 }, (_, i) => i + 1));
    expect(existsSync(join(path, 'model.safetensors'))).toBe(false);
    // It is still there to be looked at, and says the same again.
    expect(await faultOf(() => runTraining(path, diverging(1e36, 1)))).toBe(fault);
  });

  it('writes no checkpoint of the step before, which would only fail again', async () => {
    const path = at('diverges-early');
    await faultOf(() => runTraining(path, diverging(1e36, 10)));
    expect(readdirSync(join(path, 'training'))).toEqual(['log.jsonl']);
  });

  it('writes none with a weight that is not finite', async () => {
    const path = at('infinite');
    expect(await faultOf(() => runTraining(path, diverging(1e39, 1)))).toMatch(/^step 1: weights\.\S+ is not finite$/);
    expect(readdirSync(join(path, 'training'))).toEqual(['log.jsonl']);
  });
});
