/** What a training would be asked, and what the window makes of its rows. */
import { describe, expect, it } from 'vitest';
import { validate } from '../../../engine/results/validate.ts';
import type { DictionaryKinds, DictionaryMeasures } from '../../../engine/results/dictionaries.ts';
import type { EventOf } from '../../../engine/results/contract.ts';
import { trainDictionariesRequest } from '../../../engine/results/trainDictionaries.ts';
import type { TrainDictionariesHeader } from '../../../engine/results/trainDictionaries.ts';
import { usualLearningRate } from '../../../engine/results/usualLearningRate.ts';
import type { RunTable } from '../../../renderer/api/runTables.ts';
import type { TrainSettings } from '../../../renderer/views/dictionaries/dictionariesSettings.ts';
import { firstDictionaries } from '../../../renderer/views/dictionaries/dictionariesSettings.ts';
import { sweepOf } from '../../../renderer/views/dictionaries/sweepOf.ts';
import { thinned, trainCharts } from '../../../renderer/views/dictionaries/trainCharts.ts';
import { freeName, planTraining } from '../../../renderer/views/dictionaries/trainPlan.ts';
import type { TrainScene } from '../../../renderer/views/dictionaries/trainPlan.ts';
import { placesOf, rowsPerToken, rowWidth } from '../../../renderer/views/dictionaries/trainPlaces.ts';
import { lastMeasured, trainRows } from '../../../renderer/views/dictionaries/trainRows.ts';
import { trainVerdict } from '../../../renderer/views/dictionaries/trainVerdict.ts';

const k = { kind: 'number', name: 'k', title: 'k', about: '', default: 32, range: [1, null], whole: true } as const;
const flag = { kind: 'flag', name: 'ghost', title: 'ghost', about: '', default: false } as const;
const topK = { id: 'topK', title: 'TopK', about: '', source: '', settings: [k, flag] };
const kinds: DictionaryKinds = {
  variants: [topK, { ...topK, id: 'standard', title: 'ReLU', settings: [] }],
  controls: ['pca', 'untrained'].map((id) => ({ id, title: id, about: '', madeOf: 'rows' as const })),
  measures: [],
};
const shape = {
  ...{ layers: 4, heads: 8, headWidth: 16, width: 128, context: 256 },
  ...{ mlpWidth: 384, outputVocabulary: 2048 },
};
/** As SmolLM2-135M is. */
const real = {
  ...{ layers: 30, heads: 9, headWidth: 64, width: 576, context: 2048 },
  ...{ mlpWidth: 1536, outputVocabulary: 49_152 },
};
const scene: TrainScene = {
  ...{ model: { model: '/m' }, shape, kinds, prompts: null, folder: '/p/dictionaries', taken: [] },
  heads: { set: [], primary: { layer: 2, head: 1 } },
};
const first = firstDictionaries.train;

function requestOf(changed: Partial<TrainSettings>, on: Partial<TrainScene> = {}) {
  const plan = planTraining({ ...first, ...changed }, { ...scene, ...on });
  if (plan.kind === 'problem') throw new Error(plan.text);
  return plan;
}

function problemOf(changed: Partial<TrainSettings>, on: Partial<TrainScene> = {}): string {
  const plan = planTraining({ ...first, ...changed }, { ...scene, ...on });
  return plan.kind === 'problem' ? plan.text : 'none';
}

describe('the plan of a training', () => {
  it('is a request that the contract takes, with a dictionary for each value of a sweep', () => {
    const { request, words } = requestOf({ variants: [{ variant: 'topK', typed: { k: '3, 6, 12' } }] });
    expect(validate(trainDictionariesRequest, request, 'request')).toEqual(request);
    expect(request.dictionaries.map(({ name }) => name)).toEqual([
      'L2H1.z-topK-k3',
      'L2H1.z-topK-k6',
      'L2H1.z-topK-k12',
    ]);
    expect(request.dictionaries.map(({ settings }) => settings)).toEqual(
      [3, 6, 12].map((value) => ({ k: value, ghost: false })),
    );
    const usual = usualLearningRate({ features: 256, steps: 1000 });
    expect(request.dictionaries.map(({ learningRate }) => learningRate)).toEqual([usual, usual, usual]);
    expect(requestOf({ learningRate: 0.02 }).request.dictionaries[0]?.learningRate).toBe(0.02);
    expect(request.out).toBe('/p/dictionaries/L2H1.z-topK');
    expect(request.controls).toEqual(['pca', 'untrained']);
    expect(words).toMatch(
      /^At most 16,256 rows of 16 numbers \(1\.0 MB\); 1,000 steps of 256 rows read each 15\.7 times\./,
    );
  });

  it('is as long as the model can be run over: all controls beside a small one, less text and loss for a real one', () => {
    const frozen = { id: 'frozen', title: 'frozen', about: '', madeOf: 'training' as const };
    const supervised = { ...frozen, id: 'supervised', madeOf: 'attributes' as const };
    const known = { ...kinds, controls: [...kinds.controls, frozen, supervised] };
    expect(requestOf({}, { kinds: known }).request).toMatchObject({
      ...{ controls: ['pca', 'untrained', 'frozen'], lossTokens: 256, measureEvery: 200, rows: { texts: { n: 128 } } },
    });
    const { request, words } = requestOf({}, { kinds: known, shape: real });
    expect(request).toMatchObject({
      ...{ controls: ['pca', 'untrained'], lossTokens: 64, measureEvery: 200, rows: { texts: { n: 64 } } },
    });
    expect(words).toMatch(/The model reads 8,128 tokens for rows and about 9,600 for recovered loss\.$/);
    const own = requestOf({ windows: 128, lossTokens: 0, controls: ['frozen'] }, { kinds: known, shape: real }).request;
    expect(own).toMatchObject({ controls: ['frozen'], lossTokens: 0, rows: { texts: { n: 128 } } });
  });

  it('goes over heads of the selection, kinds and settings', () => {
    const heads = { set: [0, 1].map((head) => ({ layer: 1, head })), primary: null };
    const variants = [
      { variant: 'topK', typed: { k: '4' } },
      { variant: 'standard', typed: {} },
    ];
    const { request } = requestOf({ variants }, { heads });
    expect(request.dictionaries.map(({ name }) => name)).toEqual([
      'L1H0.z-topK-k4',
      'L1H1.z-topK-k4',
      'L1H0.z-standard',
      'L1H1.z-standard',
    ]);
  });

  it('takes another name where one is there', () => {
    expect(requestOf({}, { taken: ['L2H1.z-topK'] }).request.out).toBe('/p/dictionaries/L2H1.z-topK-2');
    expect(freeName('a', ['a', 'a-2'])).toBe('a-3');
  });

  it('says what is in the way', () => {
    expect(problemOf({ heads: 'L9H1' })).toBe('L9H1 is no head of this model: L0H0 to L3H7.');
    expect(problemOf({ site: 'residPost', layers: '7' })).toBe('There is no layer 7: this model has 4, from 0.');
    expect(problemOf({ variants: [] })).toBe('Choose a kind of dictionary.');
    expect(problemOf({ variants: [{ variant: 'topK', typed: { k: '0' } }] })).toMatch(/^TopK, k: numbers of 1 or more/);
    expect(problemOf({ features: 4, variants: [{ variant: 'topK', typed: { k: '6' } }] })).toBe(
      'k is 6, and there are 4 features.',
    );
    expect(problemOf({ source: 'prompts' })).toBe('Choose prompts first, or train on text.');
    expect(problemOf({ name: 'a/b' })).toMatch(/^A name has letters/);
  });

  it('forks a training: the same dictionaries go on from its folder', () => {
    const { request } = requestOf({});
    const forked = requestOf({ fork: { request, learningRate: 0.01, steps: 2000, typed: {} } }).request;
    expect(forked).toMatchObject({ from: request.out, out: '/p/dictionaries/L2H1.z-topK-fork', steps: 2000 });
    expect(forked.dictionaries.map(({ learningRate }) => learningRate)).toEqual([0.01, 0.01]);
    expect(validate(trainDictionariesRequest, forked, 'request')).toEqual(forked);
  });

  it('goes on with other settings of one dictionary, and says what is wrong with them', () => {
    const { request } = requestOf({});
    const [one, other] = request.dictionaries;
    const forkOf = (k: string) => ({
      fork: { request, learningRate: null, steps: 2000, typed: { [one?.name ?? '']: { k } } },
    });
    const forked = requestOf(forkOf('5')).request;
    expect(forked.dictionaries).toEqual([{ ...one, settings: { ...one?.settings, k: 5 } }, other]);
    expect(problemOf(forkOf('3, 6'))).toBe(`${one?.name ?? ''}: k: one value.`);
    expect(problemOf(forkOf('9000'))).toMatch(/: k is 9000, and there are \d+ features\.$/);
    expect(problemOf(forkOf('0'))).toMatch(/: k: numbers of 1 or more/);
  });
});

describe('places', () => {
  it('reads a head, heads side by side, heads as rows, a stream', () => {
    const at = (changed: Partial<TrainSettings>) => {
      const places = placesOf({ ...first, ...changed }, shape, scene.heads);
      const [place] = typeof places === 'string' ? [] : places;
      if (place === undefined) throw new Error('no place');
      return [rowWidth(place, shape), rowsPerToken(place, shape)];
    };
    expect(at({})).toEqual([16, 1]);
    expect(at({ scope: 'concatenated' })).toEqual([128, 1]);
    expect(at({ scope: 'each' })).toEqual([16, 8]);
    expect(at({ site: 'headWrite' })).toEqual([128, 1]);
    expect(at({ site: 'attnOut' })).toEqual([128, 1]);
  });
});

describe('a sweep', () => {
  it('has every combination, named by what differs', () => {
    const points = sweepOf(topK, { typed: { k: '3, 6', ghost: 'true, false' } });
    expect(typeof points === 'string' ? points : points.map(({ tag }) => tag)).toEqual([
      'k3-ghosttrue',
      'k3-ghostfalse',
      'k6-ghosttrue',
      'k6-ghostfalse',
    ]);
  });
  it('is one point of usual settings where nothing is typed', () => {
    expect(sweepOf(topK, { typed: {} })).toEqual([{ settings: { k: 32, ghost: false }, tag: '' }]);
  });
});

const header = {
  ...{ steps: 100, reportEvery: 1 },
  dictionaries: [
    { name: 'a', features: 8, control: null },
    { name: 'a-pca', features: 8, control: { id: 'pca', of: 'a' } },
    { name: 'b', features: 8, control: null },
  ],
} as unknown as TrainDictionariesHeader;

function stepAt(step: number, unexplained: number): EventOf<'trainDictionaries'> {
  const one = {
    loss: 2,
    reconstruction: 2,
    sparsity: null,
    auxiliary: null,
    active: 3,
    dead: 0,
    learningRate: 1,
    resampled: 0,
  };
  return { kind: 'step', step, seconds: step, dictionaries: ['a', 'b'].map((name) => ({ ...one, name, unexplained })) };
}

function measuredAt(step: number, name: string, unexplained: number, active: number): EventOf<'trainDictionaries'> {
  const loss = { recovered: 1 - unexplained, kl: unexplained / 100 };
  return { kind: 'measured', step, name, measures: { unexplained, active, loss } as unknown as DictionaryMeasures };
}

function rowsOf(events: readonly EventOf<'trainDictionaries'>[]) {
  const all: readonly EventOf<'trainDictionaries'>[] = [{ kind: 'start', header, resumedAt: null }, ...events];
  const table: RunTable = {
    kind: 'rows',
    call: 'trainDictionaries',
    rows: all.map((event) => ({ call: 'trainDictionaries', event })),
  };
  const rows = trainRows(table);
  if (rows === null) throw new Error('no rows');
  return rows;
}

describe('the rows of a training', () => {
  it('keep each step once where a training went on', () => {
    const rows = rowsOf([stepAt(1, 0.9), stepAt(2, 0.8), { kind: 'start', header, resumedAt: 1 }, stepAt(2, 0.7)]);
    expect(rows.steps.map(({ step }) => step)).toEqual([1, 2]);
    expect(rows.steps[1]?.dictionaries[0]?.unexplained).toBe(0.7);
  });

  it('are lines of dictionaries, with a control that is measured once as a level beside its own', () => {
    const rows = rowsOf([stepAt(1, 0.9), stepAt(2, 0.8), measuredAt(0, 'a-pca', 0.5, 3), measuredAt(2, 'a', 0.75, 3)]);
    const unexplained = trainCharts(rows, ['b']).find(({ number }) => number === 'unexplained');
    expect(unexplained?.series).toEqual([
      { name: 'a', x: [1, 2], y: [0.9, 0.8], colour: 'var(--series-1)' },
      { name: 'pca of a', x: [0, 100], y: [0.5, 0.5], control: true, dash: '4 3' },
    ]);
    const recovered = trainCharts(rows, []).find(({ number }) => number === 'recovered');
    expect(recovered?.series.map(({ name }) => name)).toEqual(['a', 'pca of a']);
  });

  it('say where a control does as well, and only at as few features', () => {
    const worse = [measuredAt(2, 'a', 0.4, 3), measuredAt(2, 'b', 0.4, 3)];
    expect(trainVerdict(rowsOf([...worse, measuredAt(0, 'a-pca', 0.5, 3)]))).toEqual([]);
    expect(trainVerdict(rowsOf([...worse, measuredAt(0, 'a-pca', 0.3, 8)]))).toEqual([]);
    expect(trainVerdict(rowsOf([...worse, measuredAt(0, 'a-pca', 0.3, 3)]))).toEqual([
      'The control pca does as well as a: it leaves 30 % of the variance, not 40 % and moves the output by 0.00300 nats (KL), not 0.00400, at L0 3 against 3.',
    ]);
    expect(lastMeasured(rowsOf(worse), 'a-pca')).toBeNull();
  });
});

describe('thinning', () => {
  it('keeps the ends of each stretch, so that a spike stays', () => {
    const points = Array.from({ length: 1000 }, (_, i) => [i, i === 501 ? 50 : 1] as const);
    const kept = thinned(points, 100);
    expect(kept.length).toBeLessThanOrEqual(100);
    expect(kept.some(([x, y]) => x === 501 && y === 50)).toBe(true);
    expect(kept.map(([x]) => x)).toEqual(kept.map(([x]) => x).toSorted((a, b) => a - b));
  });
});
