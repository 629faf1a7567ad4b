import { spawn } from 'node:child_process';
import { existsSync, openSync, closeSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { planted } from './headscope.ts';

const built = (path: string) => fileURLToPath(new URL(`../../dist/${path}`, import.meta.url));
const cli = built('engine/service/cli.js');
const example = built('test/example/strongestHeads.js');

interface Ended {
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
}

function node(argv: readonly string[], { stdout = 'pipe' as 'pipe' | number, interruptAt = '' } = {}): Promise<Ended> {
  const child = spawn(process.execPath, argv, { stdio: ['ignore', stdout, 'pipe'] });
  let [out, err] = ['', ''];
  child.stdout?.on('data', (data: Buffer) => {
    out += data.toString();
    if (interruptAt !== '' && out.includes(interruptAt)) child.kill('SIGINT');
  });
  child.stderr?.on('data', (data: Buffer) => (err += data.toString()));
  return new Promise((resolve) => child.on('close', (code) => resolve({ code, out, err })));
}

describe.skipIf(!existsSync(cli))('the program (needs npm run build)', () => {
  it('prints its help', async () => {
    expect(await node([cli, 'ablate', '--help'])).toMatchObject({ code: 0, err: '' });
  });

  it('runs a model', async () => {
    const { code, out, err } = await node([cli, 'run', planted, '--ids', '5,6,7,8,5,6', '--top', '1']);
    // On a busy machine opening may take so long that it is told of.
    expect([code, err.replace(/^opening: .*\n/gm, '')]).toEqual([0, '']);
    expect(out).toContain('" table"');
  });

  it('ends with 2 and one line on bad input', async () => {
    const { code, out, err } = await node([cli, 'run', planted, '--ids', '64']);
    expect([code, out]).toEqual([2, '']);
    expect(err).toMatch(/^headscope: [^\n]+\n$/);
  });

  it('ends with 130 after Ctrl-C, the text so far printed', async () => {
    const { code, out, err } = await node([cli, 'generate', planted, '--ids', '5,6,7,8', '--max', '100000'], {
      interruptAt: ' ',
    });
    // The model's context may be full before the signal arrives.
    expect(code === 130 || code === 0).toBe(true);
    expect(out.endsWith('\n')).toBe(true);
    expect(err).not.toMatch(/\n\s+at /);
  });

  it.skipIf(!existsSync('/dev/full'))('ends with 2 where its output has no room (needs /dev/full)', async () => {
    const full = openSync('/dev/full', 'w');
    const { code, err } = await node([cli, 'info', planted], { stdout: full });
    closeSync(full);
    expect(code).toBe(2);
    expect(err).toMatch(/^headscope: standard output: cannot be written: got no space left on device \(ENOSPC\)\n$/);
  });

  it('says nothing where its reader went away', async () => {
    const child = spawn(process.execPath, [cli, 'info', '--families'], { stdio: ['ignore', 'pipe', 'pipe'] });
    child.stdout.destroy();
    let err = '';
    child.stderr.on('data', (data: Buffer) => (err += data.toString()));
    const code = await new Promise((resolve) => child.on('close', resolve));
    expect([code, err]).toEqual([0, '']);
  });
});

describe.skipIf(!existsSync(example))('the example script (needs npm run types)', () => {
  it('finds the planted heads through the package', async () => {
    const { code, out, err } = await node([example, planted]);
    expect([code, err]).toEqual([0, '']);
    const heads = [...out.matchAll(/^(L\dH\d) /gm)].map(([, head]) => head);
    expect(heads.slice(0, 2).toSorted()).toEqual(['L0H2', 'L1H1']);
    expect(out).toMatch(/without the strongest, KL [1-9]/);
  });
});
