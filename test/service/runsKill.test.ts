/**
 * Jobs whose process is killed with SIGKILL at random moments: what is on disk is whole at each of them, and the rows are in
 * the end those of a job that was left alone, bit for bit. HEADSCOPE_LONG=1 kills ten times as often.
 */
import { spawn } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { seededRandom } from '../../engine/tensor/random.ts';
import { temporaryFolder } from '../files/temporary.ts';

const program = fileURLToPath(new URL('../../dist/test/service/killedJob.js', import.meta.url));
const model = fileURLToPath(new URL('../../fixtures/models/tiny-heads', import.meta.url));
const kills = process.env['HEADSCOPE_LONG'] === '1' ? 200 : 20;

interface Ended {
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
}

/** When to kill: so many milliseconds after it has written so many rows, or after it was started. */
interface Kill {
  readonly rows: number;
  readonly delay: number;
}

function life(project: string, run: string | null, kill: Kill | null): Promise<Ended> {
  const child = spawn(process.execPath, [program, project, model, ...(run === null ? [] : [run])]);
  let [out, err] = ['', ''];
  let isKilled = false;
  const look = () => {
    const rows = out.split('.').length - 1;
    if (kill === null || isKilled || rows < kill.rows) return;
    isKilled = true;
    void setTimeout(kill.delay).then(() => child.kill('SIGKILL'));
  };
  look();
  child.stderr.on('data', (data: Buffer) => (err += data.toString()));
  child.stdout.on('data', (data: Buffer) => {
    out += data.toString();
    look();
  });
  return new Promise((resolve) => child.on('close', (code) => resolve({ code, out, err })));
}

/** The rows that are whole; the record, which is. */
function onDisk(project: string, run: string): { readonly rows: readonly string[]; readonly state: string } {
  const folder = join(project, 'runs', run);
  const record = JSON.parse(readFileSync(join(folder, 'run.json'), 'utf8')) as { summary: { state: string } };
  const lines = readFileSync(join(folder, 'rows.jsonl'), 'utf8').split('\n').slice(0, -1);
  lines.forEach((line) => JSON.parse(line));
  return { rows: lines, state: record.summary.state };
}

function runsIn(project: string): string[] {
  return existsSync(join(project, 'runs'))
    ? readdirSync(join(project, 'runs')).filter((name) => !name.startsWith('.'))
    : [];
}

describe.skipIf(!existsSync(program))('a job whose process is killed (needs npm run types)', () => {
  const folder = temporaryFolder();

  it(
    `${kills} times has at every moment whole files, and in the end the rows of one that was left alone`,
    async () => {
      const alone = join(folder, 'alone');
      const whole = await life(alone, null, null);
      expect([whole.code, whole.err, whole.out.endsWith('done\n')]).toEqual([0, '', true]);
      const [reference = ''] = runsIn(alone);
      const expected = onDisk(alone, reference).rows;
      expect(expected).toHaveLength(2 + 32);

      const project = join(folder, 'killed');
      const random = seededRandom(11);
      let [killed, goneOn, finished] = [0, 0, 0];
      let run: string | null = null;
      while (killed < kills) {
        // A fifth of the lives end before their first row, some of them while the run is made.
        const kill =
          random.below(5) === 0
            ? { rows: 0, delay: random.below(1500) }
            : { rows: random.below(9), delay: random.below(12) };
        const known = new Set(runsIn(project));
        const { code, err, out } = await life(project, run, kill);
        expect(err).toBe('');
        if (code === null) killed += 1;
        else expect(out.endsWith('done\n')).toBe(true);
        for (const name of runsIn(project)) onDisk(project, name);
        run ??= runsIn(project).find((name) => !known.has(name)) ?? null;
        if (run === null) continue;
        const { rows, state } = onDisk(project, run);
        expect(rows).toEqual(expected.slice(0, rows.length));
        if (rows.length > 2 && rows.length < expected.length) goneOn += 1;
        if (state !== 'done') continue;
        expect(rows).toEqual(expected);
        finished += 1;
        run = null;
      }
      if (run !== null) {
        await life(project, run, null);
        expect(onDisk(project, run)).toEqual({ rows: expected, state: 'done' });
      }
      expect(goneOn).toBeGreaterThan(kills / 5);
      expect(finished + 1).toBeGreaterThan(kills / 20);
    },
    kills * 9000,
  );
});
