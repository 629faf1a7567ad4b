/** `headscope sae eval` on the planted models. */
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { beforeAll, describe, expect, it } from 'vitest';
import { writeDictionary } from '../../sae/formats/dictionaryFolder.ts';
import { identityDictionary } from '../sae/dictionaries.ts';
import { headscope, temporaryFolder } from './headscope.ts';

const model = fileURLToPath(new URL('../../fixtures/models/planted-ioi', import.meta.url));
const mover = join(temporaryFolder(), 'mover');

beforeAll(async () => {
  const dictionary = identityDictionary(33, { layer: 2, head: 0 });
  await writeDictionary(mover, { dictionary, training: null, created: '2025-01-01T00:00:00Z' });
});

describe('sae eval', () => {
  it('shows measures, probes and axes of a dictionary and its controls', async () => {
    const more = [
      '--task',
      'ioi',
      '--n',
      '60',
      '--loss-tokens',
      '60',
      '--probe',
      '1,5',
      '--attributes',
      '--controls',
      'pca',
    ];
    const { code, out } = await headscope(['sae', 'eval', model, mover, ...more]);
    expect(code).toBe(0);
    expect(out).toMatch(/^dictionary +FVU +L0 .* recovered +from the mean +KL$/m);
    expect(out).toMatch(/^mover +0\.0000 +\d/m);
    expect(out).toMatch(/^mover\.pca /m);
    expect(out).toMatch(/^mover +order +1 +\d/m);
    expect(out).toMatch(/^approximation +attribute +logit difference +logit difference at the mean +sufficiency/m);
    expect(out).toMatch(/^mover +all +1\.000 \[1\.00, 1\.00\] +1\.000 \[1\.00, 1\.00\] +30$/m);
    expect(out).toMatch(
      /^control +attribute +features +effect of the true edit .* success +agreement +removed +prompts$/m,
    );
    expect(out).toMatch(/^supervised, z of L2H0 +IO name +2 .* 30$/m);
    expect(out).toMatch(/^mover .* \d\.\d{4} \[\d\.\d{4}, \d\.\d{4}\]$/m);
    expect(out).toMatch(/^\[low, high\]: 95 % over held-out prompts; of loss over \d+ windows/m);
  });

  it('gives all of it as JSON', async () => {
    const { code, out } = await headscope([
      'sae',
      'eval',
      model,
      mover,
      '--task',
      'ioi',
      '--n',
      '20',
      '--loss-tokens',
      '0',
      '--json',
    ]);
    expect(code).toBe(0);
    const found = JSON.parse(out) as {
      readonly rows: readonly { readonly control: string | null }[];
      readonly warnings: readonly string[];
    };
    expect(found.rows.map(({ control }) => control)).toEqual([null, 'pca', 'randomDirections']);
    expect(found.warnings).toHaveLength(2);
  });

  it('refuses what it can not measure', async () => {
    const refused = async (...args: string[]) => (await headscope(['sae', 'eval', ...args])).err;
    expect(await refused(model)).toMatch('sae eval: no dictionary: expected the path of a model and folders');
    expect(await refused(model, mover, '--task', 'ioi', '--length', '9')).toMatch(
      '--length belongs to text: got prompts',
    );
    expect(await refused(model, mover, '--task', 'induction', '--probe', '1')).toMatch(
      'sparse probing: expected prompts',
    );
    expect(await refused(model, mover, '--controls', 'none', '--rows', '1')).toMatch(
      '--rows: expected an integer from 2',
    );
  });
});
