/** The figures of docs/findings/dictionaries-on-heads are those that their data give. HEADSCOPE_UPDATE=1 draws them anew. */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { dictionariesFolder, dictionaryFigures } from './dictionariesOnHeads.tsx';

describe('the figures of dictionaries on heads', () => {
  it.each(dictionaryFigures)('%s is what its data give', (name, draw) => {
    const path = join(dictionariesFolder, name);
    const drawn = draw();
    if (process.env['HEADSCOPE_UPDATE'] === '1') writeFileSync(path, drawn);
    expect(existsSync(path)).toBe(true);
    expect(readFileSync(path, 'utf8')).toBe(drawn);
  });
});
