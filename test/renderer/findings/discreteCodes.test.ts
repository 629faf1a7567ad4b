/** Figures and tables of docs/findings/discrete-codes.md are those that their data give. HEADSCOPE_UPDATE=1 writes them anew. */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { figures, folder, tables } from './discreteCodes.tsx';

const isUpdate = process.env['HEADSCOPE_UPDATE'] === '1';
const page = `${folder}.md`;

describe('what is said of discrete codes', () => {
  it.each(figures)('%s is what its data give', (name, draw) => {
    const path = join(folder, name);
    const drawn = draw();
    if (isUpdate) writeFileSync(path, drawn);
    expect(existsSync(path)).toBe(true);
    expect(readFileSync(path, 'utf8')).toBe(drawn);
  });

  it.each(tables)('the table %s is what its data give', (name, rows) => {
    const table = `<!-- table: ${name} -->\n\n${rows()}\n\n`;
    const place = new RegExp(`<!-- table: ${name} -->\\n\\n(?:\\|.*\\n)*\\n?`);
    if (isUpdate)
      writeFileSync(
        page,
        readFileSync(page, 'utf8').replace(place, () => table),
      );
    expect(readFileSync(page, 'utf8')).toContain(table);
  });
});
