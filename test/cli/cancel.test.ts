import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { readHeads } from '../../engine/exports/heads.ts';
import { readFloat32 } from '../../engine/files/readTensor.ts';
import { readSafetensors } from '../../engine/files/safetensors.ts';
import type { Service } from '../../engine/results/index.ts';
import { recordWith } from '../exports/record.ts';
import { fakeService, streamOf } from '../results/fakeService.ts';
import { headscope, planted, temporaryFolder } from './headscope.ts';

const folder = temporaryFolder();
const at = (name: string) => join(folder, name);
const { header, baseline, units } = recordWith();

const open: Service['open'] = () => streamOf(async () => ({ model: header.model, shape: header.shape, seconds: 0 }));

/** A service that sends three of eight units and then waits for ever. */
function stuck(onWaiting: () => void) {
  const wait = (signal: AbortSignal) =>
    new Promise<never>((_, reject) => {
      signal.addEventListener('abort', () => reject(signal.reason));
      setTimeout(onWaiting, 5);
    });
  const ablate: Service['ablate'] = async function* ablate(_request, { signal }) {
    yield { kind: 'start', header };
    yield { kind: 'baseline', baseline };
    yield* units.slice(0, 3);
    return wait(signal);
  };
  const generate: Service['generate'] = async function* generate(_request, { signal }) {
    yield { kind: 'token', id: 1, text: 'Once upon', logProbability: -1 };
    return wait(signal);
  };
  const capture: Service['capture'] = async function* capture(_request, { signal }) {
    yield { kind: 'start', model: header.model, ids: [[1, 2], [3], [4, 5, 6]] };
    yield {
      kind: 'rows',
      from: 0,
      name: 'residPre.0',
      axes: 'B P D',
      shape: [2, 2, 1],
      data: Float32Array.of(1, 2, 3, 0),
    };
    return wait(signal);
  };
  return { service: fakeService({ open, ablate, generate, capture }), dispose: async () => undefined };
}

describe('Ctrl-C', () => {
  it('keeps the units that are done, marked partial, and ends with 130', async () => {
    const controller = new AbortController();
    const { code, out, err } = await headscope(
      ['ablate', 'm', '--task', 'ioi', '--out', at('heads.json'), '--csv', at('heads.csv')],
      {
        signal: controller.signal,
        service: stuck(() => controller.abort()),
      },
    );
    expect(code).toBe(130);
    expect(err).toContain('warning: partial: 3 of 8 units, the run was cancelled\n');
    expect(err.endsWith('headscope: cancelled\n')).toBe(true);
    expect(out).toContain('zero ablation of 3 of 8 units');
    const file = readHeads(readFileSync(at('heads.json'), 'utf8'), 'heads.json');
    expect([file.units.length, file.warnings]).toEqual([3, ['partial: 3 of 8 units, the run was cancelled']]);
    expect(readFileSync(at('heads.csv'), 'utf8').trimEnd().split('\n')).toHaveLength(4);
  });

  it('keeps the text that was generated', async () => {
    const controller = new AbortController();
    const { code, out } = await headscope(['generate', 'm', '--prompt', 'a'], {
      signal: controller.signal,
      service: stuck(() => controller.abort()),
    });
    expect([code, out]).toEqual([130, 'Once upon\n']);
  });

  it('keeps the prompts that were captured, padded as the whole file would be', async () => {
    const controller = new AbortController();
    const { code, err } = await headscope(
      ['capture', 'm', '--ids', '1', '--sites', 'residPre', '--out', at('part.safetensors')],
      {
        signal: controller.signal,
        service: stuck(() => controller.abort()),
      },
    );
    expect([code, err]).toEqual([
      130,
      'warning: partial: 2 of 3 prompts, the run was cancelled\nheadscope: cancelled\n',
    ]);
    const { tensors, metadata } = await readSafetensors(at('part.safetensors'));
    const stored = tensors.get('residPre.0') ?? expect.fail('no residPre.0');
    expect([stored.shape, [...(await readFloat32(stored))]]).toEqual([
      [2, 3, 1],
      [1, 2, 0, 3, 0, 0],
    ]);
    expect([metadata['token_ids'], metadata['partial']]).toEqual([
      '[[1,2],[3]]',
      '2 of 3 prompts, the run was cancelled',
    ]);
  });

  it('before the work writes nothing', async () => {
    const { code, out, err } = await headscope(['ablate', planted, '--task', 'induction', '--out', at('none.json')], {
      signal: AbortSignal.abort(),
    });
    expect([code, out, err]).toEqual([130, '', 'headscope: cancelled\n']);
    expect(readdirSync(folder).toSorted()).toEqual(['heads.csv', 'heads.json', 'part.safetensors']);
  });

  it('stops the real service midway', async () => {
    const controller = new AbortController();
    const { code, out } = await headscope(['generate', planted, '--ids', '5,6,7,8', '--max', '1000000'], {
      signal: controller.signal,
      onOut: () => controller.abort(),
    });
    expect(code).toBe(130);
    expect(out.length).toBeLessThan(200);
  });
});

describe('a defect of ours', () => {
  const broken = { service: fakeService({}), dispose: async () => undefined };

  it('ends with 1, one line and a request to report it', async () => {
    const { code, out, err } = await headscope(['task'], { service: broken });
    expect([code, out]).toEqual([1, '']);
    expect(err).toBe(
      'headscope: RangeError: the test gives no tasks\nThis is a defect of headscope: please report it. HEADSCOPE_DEBUG=1 shows where it happened.\n',
    );
  });

  it('shows where it happened when asked', async () => {
    const { err } = await headscope(['task'], { service: broken, debug: true });
    expect(err).toMatch(/\n +at .*fakeService/);
  });
});
