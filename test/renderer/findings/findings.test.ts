/** The figures of docs/findings are those that their data give. HEADSCOPE_UPDATE=1 draws them anew. */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { figures, findings } from './smollm2.tsx';

describe('the figures of SmolLM2-135M', () => {
  it.each(figures)('%s is what its data give', (name, draw) => {
    const path = join(findings, 'smollm2-135m', name);
    const drawn = draw();
    if (process.env['HEADSCOPE_UPDATE'] === '1') writeFileSync(path, drawn);
    expect(existsSync(path)).toBe(true);
    expect(readFileSync(path, 'utf8')).toBe(drawn);
  });
});
