import { existsSync, readdirSync, readFileSync, truncateSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { dictionaryKindsResult } from '../../engine/results/dictionaries.ts';
import type { Model } from '../../engine/run/index.ts';
import { openModel } from '../../engine/run/index.ts';
import { dictionaryKindsCall } from '../../engine/service/calls/dictionaryKinds.ts';
import { readDictionary } from '../../sae/formats/dictionaryFolder.ts';
import { variants } from '../../sae/variants/index.ts';
import { planted } from '../cli/headscope.ts';
import { temporaryFolder } from '../files/temporary.ts';
import type { Event, Request } from './dictionaryRun.ts';
import { bitsIn, dictionary, smallRequest, trainSmall } from './dictionaryRun.ts';

const folder = temporaryFolder();
const inFolder = (name: string) => join(folder, name);
const often = { every: 0, share: 0 };

let model: Model;
beforeAll(async () => {
  model = await openModel(smallRequest('').model);
});
afterAll(() => model.dispose());

function ofKind<K extends Event['kind']>(events: readonly Event[], kind: K): Extract<Event, { kind: K }>[] {
  return events.filter((event): event is Extract<Event, { kind: K }> => event.kind === kind);
}

/** Aborted after this step was reported. */
async function stopAfter(request: Request, last: number): Promise<void> {
  const controller = new AbortController();
  const onEvent = (event: Event) => {
    if (event.kind === 'step' && event.step === last) controller.abort();
  };
  await expect(trainSmall(model, request, { signal: controller.signal, onEvent })).rejects.toThrow('aborted');
}

const pursuit = { variant: 'matchingPursuit', settings: { steps: 3 } } as const;
const mixed = [
  dictionary('one'),
  dictionary('other head', { place: { site: 'z', layer: 2, head: 5 } }),
  dictionary('pursuit', pursuit),
  dictionary('stream', {
    place: { site: 'residPre', layer: 2, head: null },
    variant: 'standard',
    settings: { sparsity: 0.3 },
  }),
].map((one) => ({ ...one, name: one.name.replace(' ', '-') }));

describe('a training of dictionaries', () => {
  it('says what it does, and leaves dictionaries and controls in folders', async () => {
    const out = inFolder('whole');
    const controls = ['pca', 'kMeans', 'randomDirections', 'untrained', 'frozenDecoder'];
    const { events, result } = await trainSmall(
      model,
      smallRequest(out, { controls, dictionaries: [dictionary('one'), dictionary('pursuit', pursuit)] }),
    );
    const [start] = ofKind(events, 'start');
    expect(start?.resumedAt).toBeNull();
    expect(start?.header).toMatchObject({
      rows: { total: 12 * 63, pool: 378, heldOut: 200, source: 'stories' },
      reportEvery: 1,
    });
    const names = ['one', 'pursuit'].flatMap((name) => [name, ...controls.map((id) => `${name}.${id}`)]);
    expect(start?.header.dictionaries.map(({ name }) => name).toSorted()).toEqual(names.toSorted());
    expect(readdirSync(out).toSorted()).toEqual([...names, 'training'].toSorted());
    const steps = ofKind(events, 'step');
    expect(steps.map(({ step }) => step)).toEqual(Array.from({ length: 24 }, (_, i) => i + 1));
    expect(steps[0]?.dictionaries.map(({ name }) => name)).toEqual([
      'one',
      'one.frozenDecoder',
      'pursuit',
      'pursuit.frozenDecoder',
    ]);
    const measured = ofKind(events, 'measured');
    expect(measured.map(({ step }) => step)).toEqual([...names.map(() => 12), ...names.map(() => 24)]);
    const last = (name: string) => measured.findLast((row) => row.name === name)?.measures;
    expect(last('one')?.unexplained).toBeLessThan(last('one.untrained')?.unexplained ?? NaN);
    expect(last('one')?.unexplained).toBeLessThan(last('one.randomDirections')?.unexplained ?? NaN);
    expect(last('one')?.activeQuantiles).toEqual([3, 3, 3, 3, 3, 3, 3]);
    expect(last('one')).toMatchObject({ rows: 200, active: 3, loss: null });
    expect(last('one.pca')?.active).toBe(3);
    expect(result.dictionaries.map(({ name, training, measures }) => [name, training, measures])).toEqual(
      names.map((name) => [name, 'whole', last(name)]),
    );
    const { origin, model: of } = (await readDictionary(join(out, 'one.frozenDecoder'))).dictionary;
    expect([origin.made, origin.by, origin.steps, of?.name]).toEqual([
      'control',
      'frozenDecoder topK',
      24,
      'tiny-heads',
    ]);
  });

  it('gives the same dictionary for the same seed, and another for another', async () => {
    const whole = async (name: string, seed: number) => {
      await trainSmall(model, smallRequest(inFolder(name), { dictionaries: [dictionary('one', { seed })] }));
      return bitsIn(inFolder(name), 'one');
    };
    const [first, again, other] = [await whole('first', 3), await whole('again', 3), await whole('other', 4)];
    expect(again).toBe(first);
    expect(other).not.toBe(first);
  });

  it('side by side gives what each gives alone', async () => {
    const weights = async (out: string, name: string) => (await readDictionary(join(out, name))).dictionary.weights;
    await trainSmall(model, smallRequest(inFolder('together'), { dictionaries: mixed }));
    for (const one of mixed) {
      const out = inFolder(`alone-${one.name}`);
      await trainSmall(model, smallRequest(out, { dictionaries: [one] }));
      expect(await weights(inFolder('together'), one.name), one.name).toEqual(await weights(out, one.name));
    }
  });

  it('of several rows a token shares one dictionary between heads', async () => {
    const each = dictionary('each', { place: { site: 'z', layer: 1, head: 'each' } });
    const { events } = await trainSmall(
      model,
      smallRequest(inFolder('each'), { dictionaries: [each], steps: 2, pool: 4000 }),
    );
    expect(ofKind(events, 'start')[0]?.header.rows).toMatchObject({ total: 15 * 63 * 8, heldOut: 200 });
  });

  it('measures recovered loss on held-out windows, of controls too', async () => {
    const { events } = await trainSmall(
      model,
      smallRequest(inFolder('loss'), { lossTokens: 40, steps: 4, controls: ['pca'] }),
    );
    const losses = ofKind(events, 'measured').map(({ measures }) => measures.loss);
    expect(losses.map((loss) => loss?.tokens)).toEqual([40, 40]);
    expect(losses[0]?.clean).toBe(losses[1]?.clean);
  });

  it('reads prompts of a task too', async () => {
    const rows = { kind: 'prompts', prompts: { kind: 'task', task: 'ioi', n: 40, seed: 0 } } as const;
    const { events } = await trainSmall(model, smallRequest(inFolder('task'), { rows, steps: 2, heldOut: 60 }));
    expect(ofKind(events, 'start')[0]?.header.rows.source).toContain('ioi');
  });
});

describe('a training that was stopped', () => {
  it('goes on after any step to the same bits, also where pools come from disk', async () => {
    const asked = { dictionaries: mixed, controls: ['pca'] };
    await trainSmall(model, smallRequest(inFolder('left-alone'), asked));
    for (const last of [13]) {
      const out = inFolder(`stopped-${last}`);
      const request = smallRequest(out, { ...asked, memory: 0, disk: 1e6 });
      await stopAfter(request, last);
      expect(existsSync(join(out, 'training', 'states.safetensors'))).toBe(true);
      const { events } = await trainSmall(model, request, { pace: often });
      expect(ofKind(events, 'start')[0]?.resumedAt).toBe(last);
      expect(ofKind(events, 'step')[0]?.step).toBe(last + 1);
      for (const { name } of mixed) expect(bitsIn(out, name), name).toBe(bitsIn(inFolder('left-alone'), name));
      expect(readdirSync(join(out, 'training')).toSorted()).toEqual(['states.safetensors', 'training.json']);
    }
  });

  it('keeps numbers of its dictionaries only where they are of these weights', async () => {
    const out = inFolder('numbers');
    await stopAfter(smallRequest(out), 15);
    expect(readdirSync(join(out, 'one'))).toEqual(['dictionary.safetensors']);
    await trainSmall(model, smallRequest(out));
    expect(readdirSync(join(out, 'one')).toSorted()).toEqual(['dictionary.safetensors', 'measures.json']);
  });

  it('after its last step measures what was not measured then', async () => {
    const out = inFolder('last-step');
    const controls = ['pca'];
    await stopAfter(smallRequest(out, { controls }), 24);
    const { events, result } = await trainSmall(model, smallRequest(out, { controls }));
    expect(ofKind(events, 'step')).toEqual([]);
    expect(ofKind(events, 'measured').map(({ step, name }) => [step, name])).toEqual([
      [24, 'one'],
      [24, 'one.pca'],
    ]);
    expect(result.dictionaries.map(({ measures }) => measures === null)).toEqual([false, false]);
  });

  it('says so when there is nothing left, and changes nothing', async () => {
    const out = inFolder('finished');
    const { result } = await trainSmall(model, smallRequest(out));
    const again = await trainSmall(model, smallRequest(out));
    expect(again.events.filter(({ kind }) => kind !== 'progress').map(({ kind }) => kind)).toEqual(['start']);
    expect(again.result.dictionaries).toEqual(result.dictionaries);
  });

  it('is where another one goes on from, with other rates and settings', async () => {
    const from = inFolder('forked-from');
    await trainSmall(model, smallRequest(from));
    const out = inFolder('fork');
    const changed = [dictionary('one', { learningRate: 1e-4, settings: { k: 5 } })];
    const { events } = await trainSmall(model, smallRequest(out, { from, dictionaries: changed, steps: 30 }));
    expect(ofKind(events, 'start')[0]?.resumedAt).toBe(24);
    expect(ofKind(events, 'step').map(({ step }) => step)).toEqual([25, 26, 27, 28, 29, 30]);
    expect(ofKind(events, 'step')[0]?.dictionaries[0]).toMatchObject({ active: 5, learningRate: 1e-4 });
    const refused = (asked: Partial<Request>) =>
      trainSmall(model, smallRequest(inFolder('no-fork'), { from, steps: 30, ...asked }));
    await expect(refused({ steps: 24 })).rejects.toThrow('expected more than the 24 that one has taken, got 24');
    await expect(refused({ dictionaries: [dictionary('two')] })).rejects.toThrow(
      'no dictionary of this name to go on from: expected one, got two',
    );
    await expect(refused({ dictionaries: [dictionary('one', { features: 50 })] })).rejects.toThrow(
      /expected one\/weights\.W_enc as F32 \[1600\], got F32 \[1536\]/,
    );
    await expect(refused({ from: inFolder('nowhere') })).rejects.toThrow('no training to go on from');
  });
});

describe('bad input is one clear line, and nothing is lost', () => {
  const refused = async (asked: Partial<Request>, line: string | RegExp, out = inFolder('refused')) => {
    await expect(trainSmall(model, smallRequest(out, asked))).rejects.toThrow(line);
  };
  const place = (at: Partial<Request['dictionaries'][number]['place']>) => ({
    dictionaries: [dictionary('one', { place: { site: 'z', layer: 1, head: 2, ...at } })],
  });

  it('settings, places and controls that are not there', async () => {
    await refused(
      { dictionaries: [dictionary('one', { settings: { k: 49 } })] },
      'one: k is above the dictionary: expected at most F = 48, got 49',
    );
    await refused({ dictionaries: [dictionary('one', { variant: 'topk' })] }, 'unknown variant');
    await refused(place({ layer: 4 }), 'layer out of range: expected 0 to 3, got 4');
    await refused(place({ head: 8 }), 'head out of range: expected 0 to 7, got 8');
    await refused(place({ head: null }), 'one: head of z: expected a head, concatenated or each, got null');
    await refused({ controls: ['supervised'] }, 'a supervised dictionary needs attributes that are known');
    await refused(
      { controls: ['pcas'] },
      'unknown control: expected pca, kMeans, randomDirections, untrained, frozenDecoder, got pcas',
    );
    await refused({ dictionaries: [dictionary('a'), dictionary('A')] }, 'name of a dictionary');
    await refused({ dictionaries: [dictionary('training')] }, 'name of a dictionary');
    await refused({ batch: 1 }, 'rows of a step: expected at least 2');
  });

  it('a site that the model lacks', async () => {
    const attentionOnly = await openModel(planted);
    const request = smallRequest(inFolder('lacking'), place({ site: 'mlpOut', head: null }));
    await expect(trainSmall(attentionOnly, request)).rejects.toThrow('this model has no site mlpOut');
    await attentionOnly.dispose();
  });

  it('too little text', async () => {
    await refused(
      { heldOut: 5000 },
      'too little text: expected more than the 5000 rows that are held out, got 1008 rows in 16 windows',
    );
    await refused(
      { batch: 900, pool: 2000 },
      'too few rows to train on: expected 900 rows of a step, got 756 in 12 windows',
    );
    await refused({ pool: 62 }, 'rows that are shuffled together: expected at most 62, got 63');
    await refused({ memory: 1000 }, 'expected at most 7, which fit in memory or on disk');
  });

  it('a checkpoint cut short, or of another training', async () => {
    const out = inFolder('cut');
    await stopAfter(smallRequest(out), 10);
    await refused(
      { dictionaries: [dictionary('one', { settings: { k: 4 } })] },
      'checkpoint of other settings: one: expected settings.k = 4, got settings.k = 3',
      out,
    );
    await refused({ seed: 1 }, 'the training in this folder is of other rows', out);
    const path = join(out, 'training', 'states.safetensors');
    const before = readFileSync(path);
    await trainSmall(model, smallRequest(out));
    truncateSync(path, before.length - 8);
    await refused({}, /states\.safetensors/, out);
    expect((await readDictionary(join(out, 'one'))).dictionary.origin.steps).toBe(24);
  });

  it('activations that are not finite leave the steps before them', async () => {
    const out = inFolder('spoilt');
    const forward = model.forward.bind(model);
    const spoilt = vi.spyOn(model, 'forward').mockImplementation(async (asked) => {
      const activations = await forward(asked);
      // The sample, which is the first pool, and held-out rows; then the second pool.
      if (spoilt.mock.calls.length === 3) activations.get('z', 1).data.fill(Infinity);
      return activations;
    });
    await refused({}, 'z of L1H2, window 7, token 2: activations that are not finite: got Infinity', out);
    spoilt.mockRestore();
    const { events } = await trainSmall(model, smallRequest(out));
    expect(ofKind(events, 'start')[0]?.resumedAt).toBe(5);
  });
});

describe('kinds of dictionaries', () => {
  it('are those that can be trained, with settings whose ends are null where there are none', async () => {
    const kinds = dictionaryKindsResult.parse(
      await dictionaryKindsCall()({}, { signal: new AbortController().signal, priority: 'job' }),
    );
    expect(kinds.variants.map(({ id }) => id)).toEqual(variants.map(({ id }) => id));
    expect(kinds.variants.find(({ id }) => id === 'topK')?.settings).toEqual([
      expect.objectContaining({ name: 'k', kind: 'number', default: 32, range: [1, null], whole: true }),
    ]);
    expect(kinds.controls.map(({ id }) => id)).toEqual([
      'pca',
      'kMeans',
      'randomDirections',
      'untrained',
      'frozenDecoder',
      'supervised',
    ]);
    expect(kinds.measures.every(({ formula, pitfall }) => formula !== '' && pitfall !== '')).toBe(true);
  });
});
