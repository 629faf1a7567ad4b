/**
 * `npm run soak -- [--minutes 60] [--seed 0]`: the workbench in a browser under random use, its memory sampled. Ends with 1
 * where a process or the page grew by more than its bound; prints what it saw as JSON.
 */
import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { seededRandom } from '../../engine/tensor/random.ts';
import { launchChromium } from '../browser/chromium.ts';
import type { Measured, Sample } from './memory.ts';
import { childOf, growthOf, pageBytes, residentBytes } from './memory.ts';
import { useAtRandom } from './randomUse.ts';

const MB = 2 ** 20;
/**
 * Growth that is allowed, in bytes. The compute process keeps the attention of up to 16 prompts (512 MB at most) and
 * unedited runs of four prompt sets, and its arena never shrinks: what it may still fill is not a leak.
 */
const bounds: Readonly<Record<Measured, number>> = { control: 64 * MB, compute: 512 * MB, page: 48 * MB };
/** Milliseconds between samples at most; a short run has twenty of them. */
const SAMPLE_EVERY = 10_000;

const { values } = parseArgs({
  options: { minutes: { type: 'string', default: '60' }, seed: { type: 'string', default: '0' } },
});
const folder = mkdtempSync(join(tmpdir(), 'headscope-soak-'));
const cli = fileURLToPath(new URL('../../engine/service/cli.js', import.meta.url));
const server = spawn(process.execPath, [cli, 'serve', '--project', join(folder, 'project')], {
  stdio: ['ignore', 'pipe', 'inherit'],
  env: { ...process.env, XDG_DATA_HOME: folder },
});
try {
  process.exitCode = await soak(Number(values.minutes) * 60_000, Number(values.seed));
} finally {
  server.kill('SIGINT');
  await new Promise((resolve) => server.once('exit', resolve));
  rmSync(folder, { recursive: true, force: true });
}

async function soak(milliseconds: number, seed: number): Promise<number> {
  const browser = await launchChromium();
  const page = await browser.newPage({ viewport: { width: 1280, height: 800 } });
  const broken: string[] = [];
  page.on('pageerror', ({ message }) => broken.push(message));
  await page.goto(await address());
  await page.getByText('tiny-heads').first().waitFor({ timeout: 60_000 });
  const session = await page.context().newCDPSession(page);
  await session.send('Performance.enable');
  await session.send('HeapProfiler.enable');
  const random = seededRandom(seed);
  const samples: Sample[] = [];
  const started = performance.now();
  let [actions, next] = [0, 0];
  while (performance.now() - started < milliseconds) {
    await useAtRandom(page, random);
    actions++;
    const passed = performance.now() - started;
    if (passed < next) continue;
    next += Math.min(SAMPLE_EVERY, milliseconds / 20);
    samples.push(await sample(passed / 1000, () => pageBytes(session)));
  }
  await browser.close();
  return report(samples, actions, broken);
}

function address(): Promise<string> {
  return new Promise((resolve, reject) => {
    server.stdout.setEncoding('utf8').once('data', (line: string) => resolve(line.trim()));
    server.once('exit', (code) => reject(new Error(`serve ended with ${code}`)));
  });
}

async function sample(at: number, page: () => Promise<number>): Promise<Sample> {
  const control = server.pid ?? 0;
  const compute = childOf(control);
  return {
    at: Math.round(at),
    control: residentBytes(control),
    compute: compute === null ? NaN : residentBytes(compute),
    page: await page(),
  };
}

function report(samples: readonly Sample[], actions: number, broken: readonly string[]): number {
  const parts = Object.entries(bounds).map(([name, bound]) => {
    const { from, to } = growthOf(samples, name as Measured);
    const megabytes = (bytes: number) => Math.round((bytes / MB) * 10) / 10;
    const growth = to - from;
    return {
      name,
      from: megabytes(from),
      to: megabytes(to),
      growth: megabytes(growth),
      bound: megabytes(bound),
      isKept: growth <= bound,
    };
  });
  console.log(
    JSON.stringify({ samples: samples.length, actions, unit: 'MB', parts, broken: broken.slice(0, 20) }, null, 2),
  );
  return parts.every(({ isKept }) => isKept) && broken.length === 0 ? 0 : 1;
}
