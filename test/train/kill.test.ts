/**
 * `headscope train` killed with SIGKILL at random steps and moments, checkpoints being written among them: it always goes on
 * to the same weights, bit for bit. HEADSCOPE_LONG=1 kills eight times as often.
 */
import { spawn } from 'node:child_process';
import { existsSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { seededRandom } from '../../engine/tensor/random.ts';
import { temporaryFolder } from '../files/temporary.ts';
import { logIn, runTraining, smallConfig, weightsIn, writeChain } from './runs.ts';

const cli = fileURLToPath(new URL('../../dist/engine/service/cli.js', import.meta.url));
const kills = process.env['HEADSCOPE_LONG'] === '1' ? 64 : 8;
const folder = temporaryFolder();
const chain = writeChain(join(folder, 'chain.bin'));

interface Ended {
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
  /** Steps that were printed. */
  readonly steps: number;
}

/** The command line, interrupted `delay` milliseconds after it has printed `after` steps. */
function trainCli(
  config: string,
  out: string,
  stop?: { after: number; delay: number; by: NodeJS.Signals },
): Promise<Ended> {
  const child = spawn(process.execPath, [cli, 'train', config, '--out', out, '--every', '1']);
  let [text, err] = ['', ''];
  const steps = () => text.match(/^step \d+/gm)?.length ?? 0;
  let stopping = false;
  child.stderr.on('data', (data: Buffer) => (err += data.toString()));
  child.stdout.on('data', (data: Buffer) => {
    text += data.toString();
    if (stop === undefined || stopping || steps() < stop.after) return;
    stopping = true;
    void setTimeout(stop.delay).then(() => child.kill(stop.by));
  });
  // On a busy machine the progress line comes up.
  const ended = (code: number | null) => ({
    code,
    out: text,
    err: err.replace(/^training: .*\n/gm, ''),
    steps: steps(),
  });
  return new Promise((resolve) => child.on('close', (code) => resolve(ended(code))));
}

function put(name: string, checkpointEvery: number, steps: number): string {
  const config = smallConfig([chain], { checkpointEvery, stages: [{ steps, rows: 8, length: 16 }] });
  const path = join(folder, name);
  const data = { ...config.data, files: ['chain.bin'] };
  writeFileSync(path, JSON.stringify({ schema: 'headscope-train', schema_version: '1.0.0', ...config, data }));
  return path;
}

/** What a kill within a write leaves: the beginning of a checkpoint, under the name of one that is being written. */
function leaveHalf(training: string): void {
  writeFileSync(join(training, '.checkpoint.safetensors.1.half.part'), Buffer.alloc(1000));
}

describe.skipIf(!existsSync(cli))('a run that is killed (needs npm run build)', () => {
  // More than all lives of the run take together.
  const steps = 20 * kills;
  const whole = join(folder, 'whole');
  const killed = join(folder, 'killed');

  it(`${kills} times goes on to the same weights, each step once in its log`, async () => {
    const { stages } = smallConfig([chain], { stages: [{ steps, rows: 8, length: 16 }] });
    await runTraining(whole, smallConfig([chain], { stages }));
    const random = seededRandom(5);
    for (let i = 0; i < kills; i++) {
      // Saving every step, a process spends most of its time in the checkpoint.
      const config = put('killed.json', i % 2 === 0 ? 1 : 3, steps);
      const stop = { after: 1 + random.below(6), delay: random.below(12), by: 'SIGKILL' } as const;
      const { code, err } = await trainCli(config, killed, stop);
      expect([code, err]).toEqual([null, '']);
      // How often a kill comes within a write is for the disk to say: what that leaves is put there too.
      if (i % 4 === 0) leaveHalf(join(killed, 'training'));
    }
    const { code, err, out } = await trainCli(put('killed.json', 50, steps), killed);
    expect([code, err]).toEqual([0, '']);
    expect(out).toMatch(/going on after step \d+/);
    expect(weightsIn(killed)).toBe(weightsIn(whole));
    expect(logIn(killed)).toEqual(logIn(whole));
    expect(readdirSync(join(killed, 'training')).toSorted()).toEqual(['checkpoint.safetensors', 'log.jsonl']);
  });

  it('by Ctrl-C ends with 130 and leaves a checkpoint of its last step', async () => {
    const path = join(folder, 'interrupted');
    const config = put('interrupted.json', 1000, 400);
    const { code, err, steps: taken } = await trainCli(config, path, { after: 5, delay: 0, by: 'SIGINT' });
    expect([code, err]).toEqual([130, 'headscope: cancelled\n']);
    const last = logIn(path).length;
    const again = await trainCli(config, path, { after: 1, delay: 0, by: 'SIGINT' });
    const resumedAt = Number(/going on after step (\d+)/.exec(again.out)?.[1]);
    // Steps may have been taken that were not printed any more: the process that takes them is another one.
    expect(resumedAt).toBe(last);
    expect(last).toBeGreaterThanOrEqual(taken);
    expect(last).toBeLessThan(400);
    expect(logIn(path).map(({ step }) => step)).toEqual(logIn(path).map((_, i) => i + 1));
  });
});
