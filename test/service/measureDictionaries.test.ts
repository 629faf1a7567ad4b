import { existsSync, mkdirSync, mkdtempSync, renameSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { EventOf, RequestOf, ResultOf } from '../../engine/results/index.ts';
import { measureDictionariesEvent } from '../../engine/results/trainDictionaries.ts';
import type { Model } from '../../engine/run/index.ts';
import { openModel } from '../../engine/run/index.ts';
import { measureDictionariesCall } from '../../engine/service/calls/measureDictionaries.ts';
import { sourceOf } from '../../engine/service/openModels.ts';
import type { Dictionary } from '../../sae/dictionary.ts';
import { readMeasures, writeDictionary, writeMeasures } from '../../sae/formats/dictionaryFolder.ts';
import { identityDictionary, randomUnits, readingDictionary } from '../sae/dictionaries.ts';

type Event = EventOf<'measureDictionaries'>;

const folder = mkdtempSync(join(tmpdir(), 'headscope-measure-'));
const ioiModel = 'fixtures/models/planted-ioi';
const tinyHeads = 'fixtures/models/tiny-heads';
let planted: Model;
let tiny: Model;

beforeAll(async () => {
  [planted, tiny] = [await openModel(ioiModel), await openModel(tinyHeads)];
});
afterAll(async () => {
  await planted.dispose();
  await tiny.dispose();
  rmSync(folder, { recursive: true });
});

async function saved(name: string, dictionary: Dictionary): Promise<string> {
  const path = join(folder, name);
  await writeDictionary(path, { dictionary, training: null, created: '2025-01-01T00:00:00Z' });
  return path;
}

function asked(model: string, dictionaries: readonly string[], more: Partial<RequestOf<'measureDictionaries'>>) {
  const texts = { source: { kind: 'stories' }, n: 4, length: 32 } as const;
  return {
    ...{ model, dictionaries, rows: { kind: 'text', texts }, count: 100, lossTokens: 0 },
    ...{ controls: [], probing: [], attributes: false, seed: 0, ...more },
  } satisfies RequestOf<'measureDictionaries'>;
}

async function measured(model: Model, request: RequestOf<'measureDictionaries'>) {
  const options = { signal: new AbortController().signal, priority: 'job' } as const;
  const stream = measureDictionariesCall(sourceOf(model))(request, options);
  const events: Event[] = [];
  for (;;) {
    const step = await stream.next();
    if (step.done === true) return collected(events, step.value);
    events.push(step.value);
  }
}

function collected(events: readonly Event[], { warnings }: ResultOf<'measureDictionaries'>) {
  for (const event of events) expect(measureDictionariesEvent.safeParse(event).success, event.kind).toBe(true);
  const of = <K extends Event['kind']>(kind: K) =>
    events.filter((event): event is Extract<Event, { kind: K }> => event.kind === kind);
  return {
    header: of('start')[0]?.header,
    rows: of('row'),
    probes: of('probe'),
    attributes: of('attribute'),
    warnings,
  };
}

/** A path of so many characters below `from`. */
function deepFolder(from: string, length: number): string {
  let path = from;
  while (path.length < length) path = join(path, 'x'.repeat(Math.max(1, Math.min(200, length - path.length - 1))));
  return path;
}

const ioiRows = (n: number) => ({ kind: 'prompts', prompts: { kind: 'task', task: 'ioi', n, seed: 1 } }) as const;

describe('a dictionary on text', () => {
  it('has measures, loss, and controls made of other rows or read from beside it', async () => {
    const width = tiny.family.shape.headWidth;
    const place = { layer: 2, head: 1 };
    const path = await saved('identity', identityDictionary(width, place));
    await saved('identity.untrained', readingDictionary(randomUnits(40, width, 3), width, place));
    const controls = ['pca', 'kMeans', 'randomDirections', 'untrained', 'frozenDecoder'];
    const { header, rows, warnings } = await measured(tiny, asked(tinyHeads, [path], { controls, lossTokens: 60 }));
    expect(header?.dictionaries.map(({ reads }) => reads)).toEqual(['z of L2H1']);
    expect(rows.map(({ control }) => control)).toEqual([null, 'untrained', 'pca', 'kMeans', 'randomDirections']);
    expect(new Set(rows.map((row) => row.path))).toEqual(new Set([path]));
    const [own, untrained, pca] = rows.map(({ measures }) => measures);
    expect(own).toMatchObject({ rows: 62, active: width, loss: { tokens: 60 } });
    expect(own?.unexplained).toBeLessThan(1e-9);
    expect(own?.loss?.recovered).toBeCloseTo(1, 3);
    expect(untrained?.loss?.kl).toBeGreaterThan(own?.loss?.kl ?? Infinity);
    // As many directions as there are entries.
    expect(pca?.unexplained).toBeLessThan(1e-6);
    expect(rows[0]?.effectiveRank?.decoder).toBeCloseTo(width, 3);
    expect(rows[0]?.effectiveRank?.rows).toBeLessThan(width);
    expect(warnings[0]).toMatch(/^no control frozenDecoder of identity/);
    expect(await readMeasures(path)).toEqual(own);
    expect(existsSync(join(folder, 'identity.pca'))).toBe(false);
  });

  it('is measured where its folder can not be written, and one line says that nothing was kept', async () => {
    const short = await saved('unkept', identityDictionary(tiny.family.shape.headWidth, { layer: 0, head: 0 }));
    // Long enough for the dictionary to be read and too long for a file that is being written: root may write anywhere else.
    const parent = deepFolder(folder, 4062);
    mkdirSync(parent, { recursive: true });
    const path = join(parent, 'unkept');
    renameSync(short, path);
    const { rows, warnings } = await measured(tiny, asked(tinyHeads, [path], { count: 50 }));
    expect(rows).toHaveLength(1);
    expect(warnings).toEqual([expect.stringMatching(/^unkept: its numbers are not kept in its folder \(\/.+xxx/)]);
    expect(await readMeasures(path)).toBeNull();
  });

  it('keeps the measures that its folder has', async () => {
    const path = await saved('known', identityDictionary(tiny.family.shape.headWidth, { layer: 0, head: 0 }));
    const { rows } = await measured(tiny, asked(tinyHeads, [path], { count: 50 }));
    const other = { ...(rows[0]?.measures as (typeof rows)[number]['measures']), rows: 7 };
    await writeMeasures(path, other);
    await measured(tiny, asked(tinyHeads, [path], { count: 60 }));
    expect((await readMeasures(path))?.rows).toBe(7);
  });
});

describe('a dictionary on IOI prompts', () => {
  it('is probed for attributes: the name mover shows the indirect object and not the order', async () => {
    const width = planted.family.shape.headWidth;
    const path = await saved('mover', readingDictionary(randomUnits(300, width, 5), width, { layer: 2, head: 0 }));
    const more = { rows: ioiRows(300), probing: [1, 5] };
    const { probes } = await measured(planted, asked(ioiModel, [path], more));
    expect(probes.map(({ attribute, k }) => `${attribute} ${k}`)).toContain('IO name 5');
    const probe = (attribute: string, k: number) => probes.find((one) => one.attribute === attribute && one.k === k);
    expect(probe('IO name', 1)?.full).toBeGreaterThan(0.95);
    expect(probe('IO name', 5)?.accuracy).toBeGreaterThan((probe('IO name', 5)?.chance ?? 1) + 0.4);
    expect(probe('order', 5)?.accuracy).toBeLessThan(0.75);
  });

  it('has three axes, with the supervised dictionary beside it', async () => {
    const width = planted.family.shape.headWidth;
    const path = await saved('axes', identityDictionary(width, { layer: 2, head: 0 }));
    const { attributes } = await measured(planted, asked(ioiModel, [path], { rows: ioiRows(40), attributes: true }));
    const value = (name: string, measure: string) =>
      attributes.find((one) => one.name === name && one.measure === measure)?.value;
    expect(value('axes', 'sufficiency')).toBeCloseTo(1, 4);
    expect(value('axes', 'necessity')).toBeCloseTo(1, 4);
    expect(value('supervised, z of L2H0', 'sufficiency')).toBeGreaterThan(0.9);
    expect(new Set(attributes.map(({ axis }) => axis))).toEqual(
      new Set(['approximation', 'control', 'interpretability']),
    );
  });

  it('has no edits where a token has several rows, and says so', async () => {
    const width = planted.family.shape.headWidth;
    const path = await saved('every', identityDictionary(width, { layer: 2, head: 'each' }));
    const more = { rows: ioiRows(20), attributes: true, probing: [1] };
    const { attributes, probes, warnings } = await measured(planted, asked(ioiModel, [path], more));
    expect([attributes, probes]).toEqual([[], []]);
    expect(warnings).toEqual(['every has several rows a token: no probes, no edits of attributes']);
  });
});

describe('what can not be measured is refused in one line', () => {
  it('a folder without a dictionary, another width, unknown controls, text without attributes', async () => {
    const good = await saved('good', identityDictionary(tiny.family.shape.headWidth, { layer: 0, head: 0 }));
    const wide = await saved('wide', identityDictionary(5, { layer: 0, head: 0 }));
    const far = await saved('far', identityDictionary(tiny.family.shape.headWidth, { layer: 9, head: 0 }));
    const refusal = (paths: readonly string[], more: Partial<RequestOf<'measureDictionaries'>> = {}) =>
      measured(tiny, asked(tinyHeads, paths, more)).then(
        () => 'nothing',
        (error: unknown) => String(error),
      );
    expect(await refusal([join(folder, 'none')])).toMatch(/none/);
    expect(await refusal([wide])).toMatch(/a dictionary for another width: expected \d+ values, as z of L0H0 has/);
    expect(await refusal([far])).toMatch('layer out of range: expected 0 to 3, got 9');
    expect(await refusal([good], { controls: ['pcb'] })).toMatch('unknown control: expected pca');
    await saved('good.untrained', identityDictionary(tiny.family.shape.headWidth, { layer: 1, head: 3 }));
    expect(await refusal([good], { controls: ['untrained'] })).toMatch(
      /good\.untrained: a control that reads other values than its dictionary: expected z of L0H0, width \d+, got z of L1H3/,
    );
    expect(await refusal([good], { probing: [1] })).toMatch(
      'sparse probing: expected prompts of a task with attributes',
    );
    expect(await refusal([good], { attributes: true })).toMatch(
      'edits of attributes: expected at least 20 prompts of ioi',
    );
    expect(await refusal([good], { rows: ioiRows(4), attributes: true })).toMatch('got ioi, 4 prompts');
  });
});
