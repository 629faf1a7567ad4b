/** What a run was asked for: read as names and values, and changed field by field into another request. */
import { describe, expect, it } from 'vitest';
import type { RequestOf } from '../../../engine/results/contract.ts';
import type { JobRequest } from '../../../engine/results/runs.ts';
import { forkFields, withField } from '../../../renderer/views/runs/forkFields.ts';
import { nameOfNumber, nameOfPath, requestLines, valueOfSetting } from '../../../renderer/views/runs/requestLines.ts';

const ioi = { kind: 'task', task: 'ioi', n: 16, seed: 3, options: { template: 'abba' } } as const;
const ablate = (change: Partial<RequestOf<'ablate'>> = {}): JobRequest => ({
  call: 'ablate',
  request: { model: '/m', prompts: ioi, ablation: 'zero', unit: 'head', seed: 5, ...change },
});
const said = (job: JobRequest) => Object.fromEntries(requestLines(job).map(({ name, value }) => [name, value]));

describe('a request as lines', () => {
  it('names task, prompts, seeds, settings', () => {
    expect(said(ablate())).toEqual({
      ...{ Model: '/m', Task: 'ioi', Prompts: '16', 'Seed of the prompts': '3', 'prompts, options, template': 'abba' },
      ...{ Ablation: 'zero', Units: 'query heads', 'Seed of the bootstrap': '5' },
    });
  });

  it('shortens files and long lists, and writes heads as heads', () => {
    const file = { name: 'own.jsonl', text: '{"text":"a"}\n{"text":"b"}\n' };
    expect(said(ablate({ prompts: { kind: 'file', file } }))['Prompt file']).toBe('own.jsonl, 2 lines');
    const heads = Array.from({ length: 14 }, (_, head) => ({ layer: 9, head }));
    const pairs: JobRequest = {
      call: 'ablateSets',
      request: { model: '/m', prompts: ioi, sets: { kind: 'pairs', heads }, ablation: 'zero', seed: 0 },
    };
    expect(said(pairs)['sets, heads']).toMatch(/^L9H0, L9H1, .*, L9H11 and 2 more$/);
    const list: JobRequest = {
      ...pairs,
      request: { ...pairs.request, sets: { kind: 'list', sets: [heads] } },
    };
    expect(said(list)['sets, sets']).toBe('1 item');
  });

  it('calls the one seed of a task check by its name', () => {
    expect(said({ call: 'task', request: { model: '/m', task: 'ioi', n: 4, seed: 1 } })).toEqual({
      ...{ Model: '/m', Task: 'ioi', Prompts: '4', Seed: '1' },
    });
  });

  it('names what differs between two runs', () => {
    expect(nameOfPath('request.prompts.seed')).toBe('Seed of the prompts');
    expect(nameOfPath('header.calibration.tokenIdsSha256')).toBe('SHA-256 of the prompts’ tokens');
    expect(nameOfPath('header.someThing.new')).toBe('some thing, new');
    expect(valueOfSetting('header.unit', 'head')).toBe('query heads');
    expect(valueOfSetting('header.scale', 'null')).toBe('none');
    expect(valueOfSetting('request.seed', '3')).toBe('3');
    expect(nameOfNumber('L1H0.effect.interval.0')).toBe('L1H0 effect, interval low');
    expect(nameOfNumber('L1H0.effect.standardError')).toBe('L1H0 effect, standard error');
    expect(nameOfNumber('baseline.baseline.metric.mean')).toBe('baseline metric, mean');
  });
});

describe('the fields of a fork', () => {
  const tasks = [{ id: 'ioi', title: 'Indirect object', about: '', metric: 'logitDifference', options: {} } as const];

  it('are those that the request has', () => {
    const ids = (job: JobRequest) => forkFields(job, tasks).map(({ id }) => id);
    expect(ids(ablate())).toEqual(['task', 'n', 'promptSeed', 'ablation', 'unit', 'seed']);
    expect(ids(ablate({ ablation: 'scale', scale: 0.3 }))).toContain('scale');
    expect(ids({ call: 'attribute', request: { model: '/m', prompts: ioi, method: 'atp', seed: 0 } })).toEqual([
      ...['task', 'n', 'promptSeed', 'method', 'seed'],
    ]);
    expect(ids({ call: 'verify', request: { model: '/m' } })).toEqual([]);
  });

  it('offer what there is to choose', () => {
    const fields = forkFields(ablate(), tasks);
    expect(fields[0]).toMatchObject({ value: 'ioi', options: [{ value: 'ioi', title: 'Indirect object' }] });
    expect(forkFields(ablate(), [])[0]).toMatchObject({ options: [{ value: 'ioi', title: 'ioi' }] });
    expect(fields.find(({ id }) => id === 'unit')).toMatchObject({ value: 'head' });
  });

  it('are changed one by one', () => {
    const changed = withField(
      withField(withField(ablate({ done: 3, unitsPerRun: 8 }), 'n', 64), 'promptSeed', 9),
      'unit',
      'kv-group',
    );
    expect(changed).toEqual(ablate({ prompts: { ...ioi, n: 64, seed: 9 }, unit: 'kv-group' }));
    const check: JobRequest = { call: 'task', request: { model: '/m', task: 'ioi', n: 4, seed: 1 } };
    expect(withField(check, 'n', 8)).toEqual({ call: 'task', request: { model: '/m', task: 'ioi', n: 8, seed: 1 } });
  });

  it('take away with them what only the value before had', () => {
    const { options: _options, ...plain } = ioi;
    expect(withField(ablate({ metric: 'rank' }), 'task', 'induction')).toEqual(
      ablate({ prompts: { ...plain, task: 'induction' } }),
    );
    const reference = { name: 'r', text: '' };
    const mean = ablate({ ablation: 'mean', reference, align: 'end' });
    expect(withField(mean, 'ablation', 'zero')).toEqual(ablate());
    expect(withField(ablate(), 'ablation', 'scale')).toEqual(ablate({ ablation: 'scale', scale: 0.5 }));
    const request = { model: '/m', prompts: ioi, seed: 0 };
    expect(
      withField({ call: 'attribute', request: { ...request, method: 'atp', gradDrop: true } }, 'method', 'taylor'),
    ).toEqual({ call: 'attribute', request: { ...request, method: 'taylor' } });
  });

  it('are refused where the contract knows no such request', () => {
    expect(() => withField(ablate(), 'n', 0)).toThrow();
    expect(() => withField(ablate(), 'unit', 'neuron')).toThrow();
  });
});
