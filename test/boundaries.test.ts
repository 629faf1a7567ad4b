/** Holds the import table against the real imports, and finds cycles. */
import { describe, expect, it } from 'vitest';
import type { SourceFile } from './boundaries/sourceFiles.ts';
import { parseSource, readSourceFiles } from './boundaries/sourceFiles.ts';
import { folderOf } from './boundaries/importTable.ts';
import { importCycles, importViolations } from './boundaries/violations.ts';

const files = readSourceFiles(process.cwd());

/** Directives by which a file would switch a check off. */
const suppression = /@ts-(ignore|expect-error|nocheck)|(eslint|oxlint)-disable|prettier-ignore|(v8|c8|istanbul) ignore/;

describe('the project', () => {
  it('is read', () => {
    expect(files.map(({ path }) => path)).toContain('engine/terms/axes.ts');
  });

  it('imports along the table only', () => {
    expect(importViolations(files)).toEqual([]);
  });

  it('has no import cycle', () => {
    expect(importCycles(files)).toEqual([]);
  });

  it('switches no check off', () => {
    const found = files.flatMap(({ path, comments }) =>
      comments.filter((text) => suppression.test(text)).map((text) => `${path}: ${text.trim()}`),
    );
    expect(found).toEqual([]);
  });
});

describe('the checker', () => {
  const check = (path: string, text: string) => importViolations([parseSource(path, text)]);

  it.each([
    ['an upward import', 'engine/tensor/a.ts', `import { x } from '../run/x.ts';`],
    ['an upward type', 'engine/tensor/a.ts', `import type { X } from '../run/x.ts';`],
    ['a value where only types are allowed', 'engine/arch/a.ts', `import { open } from '../files/open.ts';`],
    ['an inline type, which leaves an import behind', 'engine/arch/a.ts', `import { type F } from '../files/f.ts';`],
    ['a re-export', 'engine/terms/a.ts', `export { x } from '../tensor/x.ts';`],
    ['a dynamic import', 'engine/terms/a.ts', `await import('../tensor/x.ts');`],
    ['a computed import', 'engine/run/a.ts', `await import(name);`],
    ['a node module in a pure folder', 'engine/results/a.ts', `import { join } from 'node:path';`],
    ['a node module without its prefix', 'engine/results/a.ts', `import { join } from 'path';`],
    ['the runtime outside its file', 'engine/run/a.ts', `import { Tensor } from 'onnxruntime-node';`],
    ['a package of another folder', 'engine/graph/a.ts', `import { z } from 'zod';`],
    ['test code', 'engine/service/a.ts', `import { x } from '../../test/x.ts';`],
    ['a file outside the folders', 'engine/a.ts', `export const x = 1;`],
  ])('refuses %s', (_, path, text) => {
    expect(check(path, text)).toHaveLength(1);
  });

  it.each([
    ['downward', 'engine/run/a.ts', `import { x } from '../tensor/x.ts';`],
    ['a type where types are allowed', 'engine/arch/a.ts', `import type { F } from '../files/modelFiles.ts';`],
    ['its own folder', 'engine/arch/parts/a.ts', `import { x } from '../x.ts';`],
    ['the runtime in its file', 'engine/run/ort.ts', `import { Tensor } from 'onnxruntime-node';`],
  ])('accepts %s', (_, path, text) => {
    expect(check(path, text)).toEqual([]);
  });

  it('names the whole cycle, and leaves type imports out', () => {
    const file = (name: string, text: string): SourceFile => parseSource(`engine/tensor/${name}.ts`, text);
    const cycle = [
      file('a', `import { b } from './b.ts';`),
      file('b', `import { c } from './c.ts';`),
      file('c', `import { a } from './a.ts';`),
    ];
    expect(importCycles(cycle)).toEqual([
      'engine/tensor/a.ts -> engine/tensor/b.ts -> engine/tensor/c.ts -> engine/tensor/a.ts',
    ]);
    expect(importCycles([...cycle.slice(0, 2), file('c', `import type { a } from './a.ts';`)])).toEqual([]);
  });

  it('takes the innermost folder of the table', () => {
    expect(folderOf('engine/files/tokenizer/spans.ts')).toBe('engine/files');
    expect(folderOf('elsewhere/x.ts')).toBeNull();
  });
});
