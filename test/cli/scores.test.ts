import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { scores } from '../../engine/scores/index.ts';
import { headscope, planted, temporaryFolder } from './headscope.ts';

const folder = temporaryFolder();
const inFolder = (name: string) => join(folder, name);
const run = (...more: string[]) => headscope(['scores', planted, '--n', '4', ...more]);

/** The heads of one score's table, in the order shown. */
function headsOf(out: string, id: string): string[] {
  const section = out.split('\n\n').find((part) => part.startsWith(`${id}: `)) ?? '';
  return [...section.matchAll(/^(L\dH\d) /gm)].map(([, head]) => head ?? '');
}

interface Json {
  readonly prompts: Readonly<Record<string, unknown>>;
  readonly scores: readonly { readonly id: string; readonly uniform: number }[];
  readonly left: readonly { readonly id: string }[];
  readonly copying: { readonly predicted: { readonly mean: number } } | null;
  readonly heads: readonly {
    readonly layer: number;
    readonly head: number;
    readonly values: Readonly<Record<string, { readonly mean: number; readonly n: number }>>;
    readonly tags: readonly string[];
  }[];
  readonly tags: readonly { readonly tag: string; readonly score: string; readonly above: number }[];
}

async function json(...more: string[]): Promise<Json> {
  const { code, out } = await run('--json', ...more);
  expect(code).toBe(0);
  return JSON.parse(out) as Json;
}

describe('scores', () => {
  it('shows the planted heads first, and calls it behaviour', async () => {
    const { code, out, err } = await run('--top', '2');
    expect([code, err]).toEqual([0, '']);
    expect(out).toMatch(
      /^8 heads on repeated random tokens: 4 sequences of 31 tokens, twice, with BOS, .* not importance/,
    );
    for (const { id } of scores) expect(headsOf(out, id)).toHaveLength(2);
    expect(headsOf(out, 'previousToken')[0]).toBe('L0H2');
    for (const id of ['induction', 'copy', 'copyMass']) expect(headsOf(out, id)[0]).toBe('L1H1');
    expect(out).toMatch(/^L1H1 +1\.000 +\[1\.000, 1\.000\] +0\.000 +4$/m);
    expect(out).toMatch(/equal attention to all tokens would give 0\.0\d\d/);
    expect(out).toMatch(/first choice is the token to be copied in 100\.0 % /);
  });

  it('gives all heads as JSON, the same for the same seed', async () => {
    const [one, again, other] = [await json(), await json(), await json('--seed', '1')];
    expect(one.heads).toHaveLength(8);
    expect(one.scores.map(({ id }) => id)).toEqual(scores.map(({ id }) => id));
    expect(one.prompts).toMatchObject({ n: 4, tokens: 4 * 63, repeated: 31, bosPrepended: true, seed: 0 });
    expect(one.heads).toEqual(again.heads);
    expect(one.heads).not.toEqual(other.heads);
    expect(one.heads.find(({ layer, head }) => layer === 1 && head === 1)?.values['induction']?.mean).toBeGreaterThan(
      0.99,
    );
  });

  it('reads the scores that are asked for, with and without BOS', async () => {
    const [withBos, without] = [
      await json('--scores', 'induction,firstToken', '--length', '8', '--bos', 'with'),
      await json('--scores', 'induction,firstToken', '--length', '8', '--bos', 'without'),
    ];
    expect(withBos.scores.map(({ id }) => id)).toEqual(['induction', 'firstToken']);
    expect(withBos.copying).toBeNull();
    expect([withBos.prompts['tokens'], without.prompts['tokens']]).toEqual([4 * 17, 4 * 16]);
  });

  it('shows with and without BOS beside each other', async () => {
    const { code, out } = await run('--scores', 'induction', '--length', '8', '--bos', 'both', '--top', '1');
    expect(code).toBe(0);
    expect(out).toMatch(/^8 heads .* with BOS.*\n8 heads .* without BOS/);
    expect(out).toMatch(/^head +with BOS +95 % interval +std\. error +n +without BOS/m);
    expect(out).toMatch(/^with BOS: 32 queries.*\nwithout BOS: 32 queries/m);
    // Without BOS the first token has only itself before it, so that its second occurrence finds two keys: 7.5 / 8.
    expect(out).toMatch(/^L1H1 +1\.000 .* 0\.93\d /m);
    const both = await run('--json', '--scores', 'induction', '--length', '8', '--bos', 'both');
    const { withBos, withoutBos } = JSON.parse(both.out) as Readonly<Record<'withBos' | 'withoutBos', Json>>;
    expect([withBos.prompts['tokens'], withoutBos.prompts['tokens']]).toEqual([4 * 17, 4 * 16]);
  });

  it('names what attention looks like, with the number that says so, and does not call it importance', async () => {
    const { code, out } = await run('--top', '1', '--tags');
    expect(code).toBe(0);
    const [, tags = ''] = out.split('\nPattern tags, with BOS: ');
    expect(tags).toMatch(/^what attention looks like on these prompts, not what a head is worth\. \d heads have none/);
    expect(tags).toMatch(/^L0H2 +previous.* +previousToken 1\.000 > 0\.4/m);
    expect(tags).toMatch(/^L1H1 +induction.* +induction 1\.000 > 0\.4/m);
    expect(tags).not.toContain('not decided');
    const some = await run('--scores', 'induction', '--tags', '--bos', 'with');
    const { heads, tags: rules } = await json();
    expect(rules).toHaveLength(8);
    expect(heads.find(({ layer, head }) => layer === 0 && head === 2)?.tags).toContain('previous');
    expect(some.out).toMatch(/^not decided, for their scores are not read: sink, previous, self, duplicate, local/m);
  });

  it('reads them on a task, at its answers', async () => {
    const { prompts, heads, copying } = await json('--task', 'induction', '--option', 'length=6', '--scores', 'copy');
    expect(prompts).toMatchObject({ dataset: 'induction', repeated: null, n: 4 });
    expect(copying?.predicted.mean).toBe(1);
    const best = heads.filter(({ values }) => values['copy']?.mean === 1);
    expect(best.map(({ layer, head }) => [layer, head])).toEqual([[1, 1]]);
  });

  it('reads them on a prompt file, and says what it has no tokens for', async () => {
    const file = inFolder('prompts.jsonl');
    writeFileSync(file, '{"ids":[0,5,6,7]}\n{"text":"apple river stone cloud"}\n');
    const { code, out } = await headscope(['scores', planted, '--prompts', file]);
    expect(code).toBe(0);
    expect(out).toMatch(/^8 heads on prompts\.jsonl: 2 prompts, with BOS/);
    expect(out).toMatch(/^not read: induction \(no queries whose token occurred before/m);
    expect(headsOf(out, 'previousToken')[0]).toBe('L0H2');
    const { code: refused, err } = await headscope(['scores', planted, '--prompts', file, '--scores', 'induction']);
    expect(refused).toBe(2);
    expect(err).toMatch(
      /^headscope: score induction: no query counts: expected queries whose token occurred before.*\n$/,
    );
  });

  it.each([
    [['--scores', 'inductoin'], /unknown score: expected one of previousToken, .*got inductoin/],
    [['--length', '32'], /repeated sequence: expected 2 to 31 \(context of 64, .* got 32/],
    [['--length', '1'], /--length: expected an integer of at least 2, got 1/],
    [['--bos', 'perhaps'], /--bos: expected one of model, with, without, both, got perhaps/],
    [['--task', 'induction', '--bos', 'with'], /--bos does not go with these prompts: got a task/],
    [['--task', 'induction', '--prompts', 'x'], /only one of --task, --prompts/],
    [['--option', 'length=3'], /--option does not go with these prompts: got random tokens/],
    [['--task', 'nothing'], /unknown task/],
    [['--top', '0'], /--top: expected an integer from 1/],
  ])('ends %j in one line', async (argv, line) => {
    const { code, out, err } = await run(...argv);
    expect([code, out]).toEqual([2, '']);
    expect(err).toMatch(line);
    expect(err.trimEnd().split('\n')).toHaveLength(1);
  });
});
