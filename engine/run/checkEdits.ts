/** Do edits fit the model and the prompts that they are for? */
import type { Axis } from '../terms/axes.ts';
import { axes as axisMeanings, isAxis } from '../terms/axes.ts';
import type { Edit, EditValue } from '../terms/edits.ts';
import { Fault } from '../terms/fault.ts';
import type { Site } from '../terms/sites.ts';
import { isSite, sites } from '../terms/sites.ts';
import type { Family } from '../arch/architecture.ts';
import type { Batch } from './batch.ts';
import { isVisible } from './batch.ts';
import { actsAt, axisWidth, siteAxes } from './editPlaces.ts';
import { hides, isHiding } from './hiddenKeys.ts';

/**
 * Throws Fault for an unknown or lacking site, an index out of range, an operation or a value that does not fit the site, and
 * for edits that together hide every key from a query.
 */
export function checkEdits(edits: readonly Edit[], family: Family, batch: Batch): void {
  edits.forEach((edit, i) => checkEdit(edit, family, batch, `edit ${i + 1} (${edit.site})`));
  checkHidden(edits, family, batch);
}

function checkEdit(edit: Edit, family: Family, batch: Batch, where: string): void {
  const { site, operation } = edit;
  if (!isSite(site))
    throw new Fault({ what: 'unknown site', where, expected: Object.keys(sites).join(', '), got: site });
  const lack = family.lacks[site];
  if (lack !== undefined) throw new Fault({ what: `this model has no site ${site}: ${lack}`, where });
  const letters = siteAxes(site);
  const longest = Math.max(...batch.lengths);
  const shortest = Math.min(...batch.lengths);
  checkSelector('layer', edit.layers, sites[site].per === 'layer' ? family.shape.layers : null, 0, where);
  const headAxis = letters.find((axis) => axis === 'N' || axis === 'G');
  checkSelector('head', edit.heads, headAxis === undefined ? null : axisWidth(headAxis, family), 0, where);
  checkSelector('position', edit.positions, letters.includes('P') ? longest : null, -shortest, where);
  checkSelector('key position', edit.keys, letters.includes('K') ? longest : null, -shortest, where);
  checkSelector('row', edit.rows, batch.rows, 0, where);
  if (isHiding(edit) && site !== 'scores') throw wrongSite(operation.kind, 'scores', site, where);
  if (operation.kind === 'mix' && site !== 'pattern') throw wrongSite('mix', 'pattern', site, where);
  checkStream(edit, family, where);
  if ('value' in operation) checkValue(operation.value, letters, family, batch, where);
  if ('by' in operation) checkFinite(operation.by, 'scale', where);
  if ('times' in operation) checkFinite(operation.times, 'times', where);
  if ('share' in operation) checkFinite(operation.share, 'share', where);
}

function checkFinite(value: number, what: string, where: string): void {
  if (!Number.isFinite(value)) throw new Fault({ what, where, expected: 'a finite number', got: String(value) });
}

function wrongSite(operation: string, expected: string, got: Site, where: string): Fault {
  return new Fault({ what: `${operation} works at one site only`, where, expected, got });
}

function checkSelector(
  what: string,
  chosen: readonly number[] | undefined,
  bound: number | null,
  least: number,
  where: string,
): void {
  if (chosen === undefined) return;
  if (bound === null) throw new Fault({ what: `this site has no ${what} axis`, where });
  if (chosen.length === 0) throw new Fault({ what: `empty list of ${what}s`, where, expected: 'at least one' });
  const bad = chosen.find((index) => !Number.isInteger(index) || index < least || index >= bound);
  if (bad === undefined) return;
  throw new Fault({ what: `${what} out of range`, where, expected: `${least} to ${bound - 1}`, got: String(bad) });
}

function checkStream(edit: Edit, family: Family, where: string): void {
  if (edit.operation.kind !== 'stream') return;
  const { sinks, recent } = edit.operation;
  const isCount = (value: number, least: number) => Number.isInteger(value) && value >= least;
  if (!isCount(sinks, 0) || !isCount(recent, 1)) {
    throw new Fault({
      what: 'stream',
      where,
      expected: 'sinks of 0 or more, recent of 1 or more',
      got: `${sinks}, ${recent}`,
    });
  }
  if (edit.keys !== undefined)
    throw new Fault({ what: 'stream says itself which keys are seen', where, expected: 'no k=' });
  if (!family.causal) {
    throw new Fault({
      what: 'stream in a bidirectional model',
      where,
      expected: 'causal attention: a query here sees later keys too',
    });
  }
  const windows = layersOf(edit, family).map((layer) => family.windowOf(layer));
  const widest = windows.some((window) => window === null)
    ? Infinity
    : Math.max(...windows.map((window) => window ?? 0));
  if (recent < widest) return;
  throw new Fault({
    what: 'stream that changes nothing',
    where,
    expected: `recent below the sliding window of ${widest} tokens`,
    got: String(recent),
  });
}

interface Numbered {
  readonly edit: Edit;
  readonly number: number;
}

/**
 * A query must keep at least one key, else its row of the pattern has no meaning. Masks and streams of one head are looked at
 * together; streams alone leave every query its own key.
 */
function checkHidden(edits: readonly Edit[], family: Family, batch: Batch): void {
  const hiding = edits.map((edit, i) => ({ edit, number: i + 1 })).filter(({ edit }) => isHiding(edit));
  if (!hiding.some(isMask)) return;
  const seen = new Set<string>();
  for (let layer = 0; layer < family.shape.layers; layer++) {
    for (let head = 0; head < family.shape.heads; head++) {
      const here = hiding.filter(
        ({ edit }) => (edit.layers?.includes(layer) ?? true) && (edit.heads?.includes(head) ?? true),
      );
      const window = family.windowOf(layer);
      const key = `${window} ${here.map(({ number }) => number).join()}`;
      if (seen.has(key)) continue;
      seen.add(key);
      checkRows(here, family.causal, window, batch);
    }
  }
}

const isMask = ({ edit }: Numbered) => edit.operation.kind === 'mask';

function checkRows(hiding: readonly Numbered[], causal: boolean, window: number | null, batch: Batch): void {
  for (let row = 0; row < batch.rows; row++) {
    const ofRow = hiding.filter(({ edit }) => edit.rows?.includes(row) ?? true);
    const from = batch.offsets[row] ?? 0;
    for (let query = from; query < from + (batch.lengths[row] ?? 0); query++) {
      const acting = ofRow.filter(({ edit }) => actsAt(edit, query, row, batch));
      if (!acting.some(isMask)) continue;
      const isSeen = (key: number) =>
        isVisible(batch, causal, window, row, query, key) &&
        !acting.some(({ edit }) => hides(edit, query, key, row, batch));
      if (!Array.from({ length: batch.slots }, (_, key) => key).some(isSeen)) throw hidesAll(acting, row, query - from);
    }
  }
}

function hidesAll(acting: readonly Numbered[], row: number, query: number): Fault {
  const names = acting.map(({ edit, number }) => `edit ${number} (${edit.site})`).join(' and ');
  return new Fault({
    what: 'mask hides every key that the query sees',
    where: `${names}, row ${row}, query ${query}`,
    expected: 'at least one key left (to silence a head use z=zero)',
  });
}

function layersOf({ layers }: Edit, family: Family): readonly number[] {
  return layers ?? Array.from({ length: family.shape.layers }, (_, layer) => layer);
}

function checkValue(value: EditValue, letters: readonly Axis[], family: Family, batch: Batch, where: string): void {
  const given = value.axes.split(' ').filter((letter) => letter !== '');
  const size = value.shape.reduce((product, n) => product * n, 1);
  if (given.length !== value.shape.length || size !== value.data.length) {
    throw new Fault({
      what: 'value of an edit',
      where,
      expected: `${size} numbers for axes '${value.axes}'`,
      got: String(value.data.length),
    });
  }
  given.forEach((letter, i) => {
    if (!isAxis(letter) || !letters.includes(letter)) {
      throw new Fault({
        what: 'value with an axis that the site lacks',
        where,
        expected: `of ${letters.join(' ')}`,
        got: letter,
      });
    }
    const expected = fullSize(letter, family, batch);
    const got = value.shape[i] ?? 0;
    if (got === 1 || got === expected) return;
    throw new Fault({
      what: `value of an edit, axis ${letter} (${axisMeanings[letter]})`,
      where,
      expected: `1 or ${expected}`,
      got: String(got),
    });
  });
  const bad = value.data.findIndex((x) => !Number.isFinite(x));
  if (bad >= 0)
    throw new Fault({
      what: 'value of an edit',
      where,
      expected: 'finite numbers',
      got: `${value.data[bad]} at ${bad}`,
    });
}

function fullSize(axis: Axis, family: Family, batch: Batch): number {
  if (axis === 'B') return batch.rows;
  if (axis === 'P' || axis === 'K') return Math.max(...batch.lengths);
  return axisWidth(axis, family);
}
