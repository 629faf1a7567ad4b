/** Masked heads on a model whose copy head is known: it carries the task, and nothing else does. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { Model } from '../../engine/run/index.ts';
import { openModel } from '../../engine/run/index.ts';
import type { MaskCurveHeader, MaskRunRow, MaskTextRow } from '../../engine/results/maskCurve.ts';
import { maskCurveCsv } from '../../engine/exports/maskCurveCsv.ts';
import { clusteredMean, maskCells, maskContrasts, maskPoints } from '../../engine/results/maskPoints.ts';
import type {
  CurveRun,
  MaskArm,
  MaskCurveEvent,
  MaskCurveRequest,
} from '../../engine/scores/retrieval/masking/maskCurve.ts';
import { maskCurve } from '../../engine/scores/retrieval/masking/maskCurve.ts';
import type { HeadMask } from '../../engine/scores/retrieval/masking/maskEdits.ts';
import { maskSets } from '../../engine/scores/retrieval/masking/maskSets.ts';

const folder = fileURLToPath(new URL('../../fixtures/models/planted-needle', import.meta.url));
const copyHead = { layer: 1, head: 1 };

describe('sets of masked heads', () => {
  const shape = { layers: 4, heads: 6 };
  const all = Array.from({ length: 24 }, (_, i) => ({ layer: Math.floor(i / 6), head: i % 6 }));
  const name = ({ layer, head }: { layer: number; head: number }) => `L${layer}H${head}`;

  it('random ones have as many heads of each layer as the top, none of it, and are drawn anew', () => {
    const { sets, notes } = maskSets({ shape, ranking: all.toReversed(), ks: [0, 3, 2], draws: 12, seed: 3 });
    expect(notes).toEqual([
      expect.stringMatching(/^k = 2: the 12 random sets are [3-6] different ones$/),
      'k = 3: the 12 random sets are 1 different ones',
    ]);
    expect(sets.map(({ set, k }) => `${set} ${k}`)).toEqual(
      [2, 3].flatMap((k) => [`top ${k}`, ...Array.from({ length: 12 }, () => `random ${k}`), `bottom ${k}`]),
    );
    for (const k of [2, 3]) {
      const exact = maskSets({ shape, ranking: all.toReversed(), ks: [k], draws: 20, seed: k }).sets;
      const [top, ...others] = exact.filter(({ set }) => set !== 'bottom');
      for (const { heads } of others) {
        expect(heads.map(({ layer }) => layer).sort()).toEqual(top?.heads.map(({ layer }) => layer).sort());
        expect(heads.map(name).filter((one) => top?.heads.map(name).includes(one))).toEqual([]);
        expect(new Set(heads.map(name)).size).toBe(k);
      }
    }
  });

  it('the bottom is the end of a ranking of all heads, and never a part of the top', () => {
    const { sets, notes } = maskSets({ shape, ranking: all, ks: [2, 13], draws: 0, seed: 0 });
    expect(sets.find(({ set, k }) => set === 'bottom' && k === 2)?.heads.map(name)).toEqual(['L3H5', 'L3H4']);
    expect(notes).toEqual(['k = 13 has no bottom: it would share heads with the top']);
    const some = maskSets({ shape, ranking: all.slice(0, 5), ks: [2, 9], draws: 1, seed: 0 });
    expect(some.notes).toEqual([
      'there is no bottom: the ranking has 5 of 24 heads',
      'k = 9 was left out: the ranking has 5 heads',
    ]);
  });

  it('says where layers are too small to match, and where nothing is left to draw from', () => {
    const { sets, notes } = maskSets({ shape, ranking: all, ks: [4, 13], draws: 2, seed: 0 });
    expect(notes).toContain(
      'k = 4: 2 heads of each random set are of other layers, for theirs have too few outside the top',
    );
    expect(notes).toContain('k = 13 has no random sets: 11 heads are left outside the top 13');
    expect(sets.filter(({ set, k }) => set === 'random' && k === 4).map(({ heads }) => heads.length)).toEqual([4, 4]);
  });

  it.each([
    [[{ layer: 4, head: 0 }], [1], /expected L0H0 to L3H5, got L4H0/],
    [[all[0], all[0]], [1], /a head twice in the ranking/],
    [[all[0]], [0, 3], /no set to mask: expected 1 to 1/],
  ])('%j with k %j is refused', (ranking, ks, reason) => {
    const heads = ranking.filter((head) => head !== undefined);
    expect(() => maskSets({ shape, ranking: heads, ks, draws: 1, seed: 0 })).toThrow(reason);
  });
});

describe('a planted copy head', () => {
  let model: Model;
  let runs: CurveRun[];
  let texts: number[][];

  beforeAll(async () => {
    model = await openModel(folder);
    const rows = readFileSync(`${folder}/prompts.jsonl`, 'utf8').trim().split('\n').slice(0, 6);
    runs = rows.map((line, i) => {
      const { text, answer } = JSON.parse(line) as { text: string; answer: string };
      const [token = 0] = model.tokenizer.encode(answer, { special: false });
      return { id: `run ${i}`, ids: model.tokenizer.encode(text), answer: [token], maxNew: 1 };
    });
    texts = runs.slice(0, 2).map(({ ids }) => ids.slice(0, 60));
  });
  afterAll(() => model.dispose());

  const arms = (masks: readonly HeadMask[]): MaskArm[] => {
    const ranking = [
      copyHead,
      ...[0, 2, 3].map((head) => ({ layer: 1, head })),
      ...[1, 3].map((head) => ({ layer: 0, head })),
    ];
    const { sets } = maskSets({ shape: model.family.shape, ranking, ks: [1], draws: 10, seed: 1 });
    return masks.flatMap((mask) => sets.map((set) => ({ mask, set })));
  };
  const measure = async (request: Partial<MaskCurveRequest> & Pick<MaskCurveRequest, 'arms'>) => {
    const events: MaskCurveEvent[] = [];
    const asked = {
      runs,
      texts,
      scope: 'decode',
      generation: null,
      signal: new AbortController().signal,
      ...request,
    } as const;
    for await (const event of maskCurve(model, asked)) events.push(event);
    return events;
  };

  const kinds: HeadMask[] = [
    { kind: 'uniform' },
    { kind: 'zero' },
    { kind: 'meanQuery' },
    { kind: 'stream', sinks: 1, recent: 4 },
  ];
  it.each(['decode', 'all'] as const)(
    'masked, in scope %s, breaks the task; random heads of its layer do not',
    async (scope) => {
      const measured = arms(kinds);
      const rows = (await measure({ arms: measured, scope })).filter((event) => event.kind === 'run');
      expect(rows).toHaveLength(6);
      const share = (arm: number) => rows.filter(({ correct }) => correct[arm]).length / rows.length;
      expect(share(0)).toBe(1);
      for (const [i, { mask, set }] of measured.entries()) {
        const found = share(i + 1);
        if (set.set === 'top') expect([mask.kind, found <= 0.35]).toEqual([mask.kind, true]);
        else expect([mask.kind, set.heads, found]).toEqual([mask.kind, set.heads, 1]);
      }
    },
  );

  it('generated, the answer is what putting it behind the prompt says', async () => {
    const isCorrect = (run: number, said: readonly number[]) => said[0] === runs[run]?.answer[0];
    const asked = arms([{ kind: 'uniform' }]).slice(0, 3);
    for (const scope of ['decode', 'all'] as const) {
      const forced = await measure({ arms: asked, texts: [], scope });
      const generated = await measure({ arms: asked, texts: [], scope, generation: { endIds: [], isCorrect } });
      const answers = (events: readonly MaskCurveEvent[]) =>
        events.flatMap((event) => (event.kind === 'run' ? [event.correct] : []));
      expect(answers(generated)).toEqual(answers(forced));
    }
  });

  it('its log probability and the loss on text are those of a pass with the same edits', async () => {
    const [top] = arms([{ kind: 'zero' }]);
    if (top === undefined) throw new RangeError('no arm');
    const events = await measure({ arms: [top], scope: 'all' });
    const edits = [{ site: 'z', layers: [1], heads: [1], operation: { kind: 'zero' } }] as const;
    const width = model.family.shape.outputVocabulary;
    const logProbability = (logits: Float32Array, at: number, id: number) => {
      const row = logits.subarray(at * width, (at + 1) * width);
      return (row[id] ?? NaN) - Math.log(row.reduce((sum, x) => sum + Math.exp(x), 0));
    };
    const [run] = runs;
    const [text] = texts;
    if (run === undefined || text === undefined) throw new RangeError('no prompts');
    const { logits } = await model.forward({ ids: [run.ids], edits, logits: 'last' });
    const first = events.find((event) => event.kind === 'run');
    expect(first?.logProbability[1]).toBeCloseTo(
      logProbability(logits?.data ?? new Float32Array(), 0, run.answer[0] ?? 0),
      3,
    );
    const whole = (await model.forward({ ids: [text], edits })).logits?.data ?? new Float32Array();
    const losses = text.slice(30).map((id, i) => -logProbability(whole, 29 + i, id));
    const read = events.find((event) => event.kind === 'text');
    expect(read?.tokens).toBe(30);
    expect(read?.loss[1]).toBeCloseTo(losses.reduce((a, b) => a + b, 0) / 30, 3);
  });

  it('an answer of several tokens is right where all of them are first choices', async () => {
    const ids = texts[0] ?? [];
    const width = model.family.shape.outputVocabulary;
    const firstAfter = async (prompt: readonly number[]) => {
      const { logits } = await model.forward({ ids: [prompt], logits: 'last' });
      const row = logits?.data.subarray(0, width) ?? new Float32Array();
      return row.indexOf(Math.max(...row));
    };
    const said = [await firstAfter(ids)];
    said.push(await firstAfter([...ids, ...said]));
    const other = ((said[0] ?? 0) + 1) % width;
    const answers = [said, [said[0] ?? 0, ((said[1] ?? 0) + 1) % width], [other, await firstAfter([...ids, other])]];
    const several = answers.map((answer, i) => ({ id: `${i}`, ids, answer, maxNew: 2 }));
    const rows = (await measure({ arms: [], runs: several, texts: [] })).filter((event) => event.kind === 'run');
    expect(rows.map(({ correct, firstChoice }) => [correct[0], firstChoice[0]])).toEqual([
      [true, 1],
      [false, 0.5],
      [false, 0.5],
    ]);
  });

  it('rows that are known are not measured again, and the others are the same to the last bit', async () => {
    const asked = arms([{ kind: 'uniform' }]).slice(0, 2);
    const whole = await measure({ arms: asked });
    const rest = await measure({ arms: asked, done: 5 });
    const rows = (events: readonly MaskCurveEvent[]) => events.filter(({ kind }) => kind !== 'progress');
    expect(rows(rest)).toEqual(rows(whole).slice(5));
  });

  it.each([
    [{ runs: [], texts: [] }, /nothing to measure on/],
    [{ runs: [{ id: 'bare', ids: [1], answer: [], maxNew: 1 }] }, /bare: a run without an answer/],
    [{ texts: [[3]] }, /text 1: a text too short/],
    [{ texts: [] }, /a mean query needs texts/],
  ])('%j is refused', async (request, reason) => {
    await expect(measure({ arms: arms([{ kind: 'meanQuery' }]), ...request })).rejects.toThrow(reason);
  });
});

describe('what rows say', () => {
  const arm = (set: 'none' | 'top' | 'random', draw: number | null = null) => ({
    ...{ mask: set === 'none' ? null : { kind: 'zero' as const }, set, k: set === 'none' ? 0 : 1, draw, heads: [] },
  });
  const header = { arms: [arm('none'), arm('top'), arm('random', 0), arm('random', 1)] } as unknown as MaskCurveHeader;
  const run = (needle: string, length: number, correct: boolean[], logProbability: number[]): MaskRunRow => ({
    ...{ kind: 'row', of: 'run', run: 0, id: 'r', needle, length, depth: 50, prompt: 'answer', tokens: length },
    ...{ answer: null, answerIds: [], correct, firstChoice: correct.map(Number), logProbability, said: null },
  });
  const runs = [
    run('a', 100, [true, false, true, true], [-1, -4, -1, -2]),
    run('a', 200, [true, false, true, false], [-1, -6, -2, -1]),
    run('b', 100, [true, true, true, true], [-2, -3, -2, -2]),
  ];
  const texts: MaskTextRow[] = [0, 1].map((text) => ({
    ...{ kind: 'row', of: 'text', text, tokens: 10, loss: [2, 2.5, 2, 2.25].map((loss) => loss + text) },
  }));

  it('a point averages over draws, and its interval is that of the needles', () => {
    const [clean, top, random] = maskPoints({ header, runs, texts });
    expect([clean?.accuracy?.mean, top?.accuracy?.mean, random?.accuracy?.mean]).toEqual([1, 1 / 3, 5 / 6]);
    expect(random).toMatchObject({ draws: 2, spread: { accuracy: [2 / 3, 1] } });
    expect(top?.perplexity).toBeCloseTo(Math.exp(3), 10);
    expect(top?.spread).toBeNull();
    // Residuals of needle a sum to -2/3, of b to 2/3: sqrt(2 * 2 * (2/3)^2) / 3 = 4/9, times t(1) = 12.706.
    expect(top?.accuracy?.interval?.[1]).toBeCloseTo(1 / 3 + (12.706 * 4) / 9, 3);
    expect(top?.accuracy).toMatchObject({ n: 3, clusters: 2 });
    expect(top?.stepsAccuracy).toBeNull();
  });

  it('a contrast is the top minus the mean of the draws, row by row', () => {
    expect(maskContrasts({ header, runs, texts })).toMatchObject([
      {
        k: 1,
        accuracy: { mean: -0.5 },
        logProbability: { mean: expect.closeTo(-8 / 3, 10) as unknown },
        loss: { mean: 0.375 },
      },
    ]);
  });

  it('a spreadsheet has a row for each point', () => {
    const [titles, clean, , random] = maskCurveCsv({ header: { ...header, scope: 'decode' }, runs, texts })
      .split('\n')
      .map((line) => line.split(','));
    const cells = (line: string[] | undefined) =>
      Object.fromEntries((titles ?? []).map((title, i) => [title, line?.[i]]));
    expect(cells(clean)).toMatchObject({
      mask: 'none',
      k: '0',
      draws: '1',
      accuracy_mean: '1',
      accuracy_n: '3',
      steps_accuracy_mean: '',
    });
    expect(cells(random)).toMatchObject({
      mask: 'zero',
      scope: 'decode',
      set: 'random',
      draws: '2',
      draws_accuracy_most: '1',
    });
    expect(random).toHaveLength(titles?.length ?? 0);
  });

  it('cells go by length and depth', () => {
    expect(maskCells({ runs }, 1)).toEqual([
      { length: 100, depth: 50, n: 2, correct: 1, firstChoice: 0.5, logProbability: -3.5 },
      { length: 200, depth: 50, n: 1, correct: 0, firstChoice: 0, logProbability: -6 },
    ]);
    expect(maskCells({ runs }, 0, 'steps')).toEqual([]);
  });

  it('one value a cluster is the textbook mean, and one cluster has no interval', () => {
    const values = [1, 2, 3, 4].map((value) => ({ value, cluster: `${value}` }));
    expect(clusteredMean(values)?.interval?.[0]).toBeCloseTo(2.5 - (3.182 * Math.sqrt(5 / 3)) / 2, 6);
    expect(clusteredMean(values.map(({ value }) => ({ value, cluster: 'a' })))).toMatchObject({
      interval: null,
      clusters: 1,
    });
    expect(clusteredMean([])).toBeNull();
  });
});
