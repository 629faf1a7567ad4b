/**
 * Trainings of dictionaries whose process is killed with SIGKILL at random moments, while files are being written among them:
 * they always go on to the same dictionaries, bit for bit. HEADSCOPE_LONG=1 kills ten times as often.
 */
import { spawn } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { openModel } from '../../engine/run/index.ts';
import { seededRandom } from '../../engine/tensor/random.ts';
import { temporaryFolder } from '../files/temporary.ts';
import { bitsIn, killedRequest, tinyHeads, trainSmall } from './dictionaryRun.ts';

const program = fileURLToPath(new URL('../../dist/test/service/killedTraining.js', import.meta.url));
const folder = temporaryFolder();
const [trainings, kills] = process.env['HEADSCOPE_LONG'] === '1' ? [10, 4] : [1, 2];

/** When to kill: so many milliseconds after so many steps. */
interface Kill {
  readonly steps: number;
  readonly delay: number;
}

function life(
  out: string,
  kill: Kill | null,
): Promise<{ readonly code: number | null; readonly text: string; readonly err: string }> {
  const child = spawn(process.execPath, [program, tinyHeads, out]);
  let [text, err, isKilled] = ['', '', false];
  child.stderr.on('data', (data: Buffer) => (err += data.toString()));
  child.stdout.on('data', (data: Buffer) => {
    text += data.toString();
    if (kill === null || isKilled || text.split('.').length - 1 < kill.steps) return;
    isKilled = true;
    void setTimeout(kill.delay).then(() => child.kill('SIGKILL'));
  });
  return new Promise((resolve) => child.on('close', (code) => resolve({ code, text, err })));
}

describe.skipIf(!existsSync(program))('a training that is killed (needs npx tsc -b)', () => {
  it(`${kills} times goes on to the same bits`, { timeout: 600_000 }, async () => {
    const whole = join(folder, 'whole');
    const model = await openModel(tinyHeads);
    await trainSmall(model, killedRequest(whole));
    await model.dispose();
    const random = seededRandom(11);
    for (let training = 0; training < trainings; training++) {
      const out = join(folder, `killed-${training}`);
      for (let i = 0; i < kills; i++) {
        const { code, err } = await life(out, { steps: 1 + random.below(12), delay: random.below(30) });
        expect([code, err]).toEqual([null, '']);
      }
      const { code, text, err } = await life(out, null);
      expect([code, err]).toEqual([0, '']);
      expect(Number(/start (\d+)/.exec(text)?.[1])).toBeGreaterThan(0);
      for (const name of ['one', 'pursuit']) expect(bitsIn(out, name), name).toBe(bitsIn(whole, name));
      expect(readdirSync(join(out, 'training')).toSorted()).toEqual(['states.safetensors', 'training.json']);
    }
  });
});
