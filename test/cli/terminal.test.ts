import { describe, expect, it } from 'vitest';
import { ProgressLine } from '../../engine/service/progressLine.ts';
import { bytes, formatTable, printable } from '../../engine/service/table.ts';

function progress(isTerminal: boolean) {
  const written: string[] = [];
  let now = 0;
  const write = async (text: string) => void written.push(text);
  const line = new ProgressLine({ isTerminal, write }, () => now);
  const report = (at: number, done: number, of = 'layers') => {
    now = at;
    line.report('opening', { kind: 'progress', of, done, total: 30 });
  };
  return { line, report, written };
}

describe('progress', () => {
  it('redraws one line on a terminal, and takes it away', () => {
    const { line, report, written } = progress(true);
    report(50, 1);
    report(150, 2);
    report(200, 3);
    report(300, 4);
    line.clear();
    line.clear();
    expect(written).toEqual(['\r\u001b[Kopening: 2 of 30 layers', '\r\u001b[Kopening: 4 of 30 layers', '\r\u001b[K']);
  });

  it('is a line now and then elsewhere', () => {
    const { line, report, written } = progress(false);
    [100, 4900, 5000, 6000, 9999, 10000].forEach((at, i) => report(at, i));
    line.clear();
    expect(written).toEqual(['opening: 2 of 30 layers\n', 'opening: 5 of 30 layers\n']);
  });

  it('counts bytes in megabytes', () => {
    const { report, written } = progress(false);
    report(6000, 15e6, 'bytes');
    expect(written).toEqual(['opening: 15.0 of 0.0 MB\n']);
  });

  it('never fails, even where it can not be written', () => {
    const line = new ProgressLine({ isTerminal: true, write: () => Promise.reject(new Error('gone')) }, () => Infinity);
    expect(() => line.report('opening', { kind: 'progress', of: 'layers', done: 1, total: 2 })).not.toThrow();
  });
});

describe('a table', () => {
  it('aligns its columns by characters, without trailing spaces', () => {
    const columns = [{ title: 'token' }, { title: 'p', align: 'right' as const }];
    expect(
      formatTable(columns, [
        ['"héé"', '1'],
        ['"\u{1f600}"', '22.5'],
      ]),
    ).toBe('token     p\n"héé"     1\n"\u{1f600}"    22.5\n');
  });

  it('lets no control character through', () => {
    expect(printable('a\u001b[2Jb\nc\td\u0085')).toBe('a\\u001b[2Jb\\nc\\td\\u0085');
  });

  it('shows bytes in decimal units', () => {
    expect([0, 999, 1000, 98_300_000, 2.5e12].map(bytes)).toEqual(['0 B', '999 B', '1.0 kB', '98.3 MB', '2.5 TB']);
  });
});
