/** The open model against its float64 reference, and comparisons that must fail. */
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { sitesOf } from '../../engine/arch/sites.ts';
import { worstOfSites } from '../../engine/results/parity.ts';
import type { ParityPlace } from '../../engine/results/parity.ts';
import type { Model } from '../../engine/run/index.ts';
import { openModel } from '../../engine/run/index.ts';
import { float64Pass } from '../../engine/run/parity/float64Pass.ts';
import { parityBound } from '../../engine/run/parity/parityBound.ts';
import { siteDifference } from '../../engine/run/parity/siteDifference.ts';
import { parityVerdict } from '../../engine/service/calls/parity.ts';
import { headscope } from './headscope.ts';

const fixtures = fileURLToPath(new URL('../../fixtures', import.meta.url));
const [tiny, golden] = [`${fixtures}/models/tiny-heads`, `${fixtures}/golden/llama-gqa`];

interface Report {
  readonly verdict: string;
  readonly tokens: number;
  readonly over: readonly ParityPlace[];
  readonly places: readonly ParityPlace[];
}

async function parityOf(...args: string[]): Promise<{ code: number; report: Report }> {
  const { code, out } = await headscope(['parity', ...args, '--json']);
  return { code, report: JSON.parse(out) as Report };
}

describe('headscope parity', () => {
  it('agrees with the reference at every site of every layer of the bundled model', async () => {
    const { code, report } = await parityOf(tiny, '--prompt', 'Anna gave Ben');
    expect([code, report.verdict, report.over]).toEqual([0, 'agrees', []]);
    const names = report.places.map(({ site, layer }) => `${site}.${layer}`);
    const inBlock = ['residPre', 'q', 'k', 'v', 'scores', 'pattern', 'z', 'residPost'];
    const blocks = [0, 1, 2, 3].flatMap((layer) => inBlock.map((site) => `${site}.${layer}`));
    expect(names).toEqual([...blocks, 'finalNorm.null', 'logits.null']);
    for (const { magnitude } of report.places) expect(magnitude).toBeGreaterThan(0);
  });

  it('takes four fixed tokens unless told otherwise, and is bound by 1e-4 on a tiny checkpoint', async () => {
    const { report } = await parityOf(golden);
    expect(report.tokens).toBe(4);
    expect(new Set(report.places.map(({ bound }) => bound))).toEqual(new Set([1e-4]));
    expect((await parityOf(golden, '--ids', '1,2,3,4,5')).report.tokens).toBe(5);
  });

  it('prints the worst layer of each site, and the verdict', async () => {
    const { out } = await headscope(['parity', golden]);
    expect(out).toMatch(/^residPost +L\d +\d\.\de-\d/m);
    expect(out).toMatch(/^verdict +agrees$/m);
  });

  it('refuses a prompt that would take too long', async () => {
    const { code, err } = await headscope(['parity', golden, '--ids', Array(17).fill(1).join(',')]);
    expect([code, err]).toEqual([
      2,
      'headscope: prompt too long for the float64 reference, which is slow: expected at most 16 tokens, got 17\n',
    ]);
  });
});

describe('a comparison with other values', () => {
  let model: Model;
  beforeAll(async () => {
    model = await openModel(golden);
  });
  afterAll(() => model.dispose());

  async function places(measured: readonly number[], referenced: readonly number[]): Promise<ParityPlace[]> {
    const run = await model.forward({ ids: [measured], capture: [{ site: 'q' }, { site: 'pattern' }] });
    const sites = { block: ['q', 'pattern'], unembed: [] } as const;
    const { files, family } = model;
    const found: ParityPlace[] = [];
    const signal = new AbortController().signal;
    for await (const step of float64Pass({ files, family, ids: referenced, sites, signal })) {
      if (step.kind !== 'block') continue;
      for (const [site, reference] of step.values) {
        const at = siteDifference(reference, run.get(site, step.layer));
        const bound = parityBound(site, at.magnitude, { parameters: 1e6, weights: 'float32' });
        found.push({ site, layer: step.layer, ...at, bound });
      }
    }
    return found;
  }

  it('differs where one token is another one', async () => {
    expect(parityVerdict(await places([1, 2, 3, 4], [1, 2, 3, 4])).verdict).toBe('agrees');
    const { verdict, over } = parityVerdict(await places([1, 2, 3, 4], [1, 2, 3, 5]));
    expect(verdict).toBe('differs');
    expect(over[0]).toMatchObject({ site: 'q', layer: 0 });
  });

  it('counts a value that is no number as far off, and refuses other shapes', () => {
    const axes = [{ axis: 'D', size: 2 }] as const;
    const at = siteDifference({ axes, data: Float64Array.of(1, 2) }, { axes, data: Float32Array.of(1, NaN) });
    expect(at).toEqual({ difference: Number.MAX_VALUE, magnitude: 2 });
    const longer = { axes: [{ axis: 'D', size: 3 }], data: new Float32Array(3) } as const;
    expect(() => siteDifference({ axes, data: Float64Array.of(1, 2) }, longer)).toThrow('expected [D 2], got [D 3]');
  });

  it('stops when nobody waits for it', async () => {
    const { files, family } = model;
    const controller = new AbortController();
    const sites = { block: sitesOf(family).filter((site) => site === 'z'), unembed: [] };
    const steps = float64Pass({ files, family, ids: [1, 2], sites, signal: controller.signal });
    await steps.next();
    controller.abort();
    await expect(steps.next()).rejects.toThrow(/abort/i);
  });
});

describe('the worst of each site', () => {
  const place = (layer: number, difference: number, magnitude: number): ParityPlace => {
    return { site: 'q', layer, difference, magnitude, bound: 1 };
  };

  it('is the one that is farthest off for its size', () => {
    expect(worstOfSites([place(0, 2, 100), place(1, 1, 10), place(2, 0, 0)]).map(({ layer }) => layer)).toEqual([1]);
  });
});
