import { describe, expect, it } from 'vitest';
import { realModelPath } from '../run/models.ts';
import { headscope } from './headscope.ts';

const path = realModelPath() ?? '';

describe.skipIf(path === '')(
  'SmolLM2 on the command line (left out where the model is not in HEADSCOPE_MODELS)',
  () => {
    it('is described without loading its weights', async () => {
      const { code, out } = await headscope(['info', path]);
      expect(code).toBe(0);
      expect(out).toMatch(/^heads per layer +9, KV groups 3$/m);
      expect(out).toMatch(/^Q4_1 +210 /m);
      // Q4_1: 0.75 bytes a weight; Q8_0, held by two programs: 1.375; norms in fp32.
      expect(out).toMatch(/^quantised +157\.6 MB/m);
    });

    it('names the indirect object, less surely without the heads that move it', async () => {
      const prompt = 'When Mary and John went to the store, John gave a drink to';
      const { code, out } = await headscope(['run', path, '--prompt', prompt, '--edit', 'L20H0-2.z=zero', '--json']);
      expect(code).toBe(0);
      const { before, after } = JSON.parse(out) as Record<'before' | 'after', { text: string; probability: number }[]>;
      expect(before[0]?.text).toBe(' Mary');
      expect(after[0]?.probability ?? 1).toBeLessThan(before[0]?.probability ?? 0);
    });
  },
);
