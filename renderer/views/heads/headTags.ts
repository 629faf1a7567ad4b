/** Pattern tags: short names for what a head's attention looks like, each with the number that it rests on. Not importance. */
import type { HeadRef } from '../../../engine/results/units.ts';
import type { ScoreTable } from '../../api/runTables.ts';

export interface HeadTag {
  readonly tag: string;
  /** The score whose mean is above the number, and what it is. */
  readonly score: string;
  readonly value: number;
  readonly above: number;
  /** Of the 95 % interval; NaN where there is none. */
  readonly low: number;
  readonly high: number;
}

export function hasTagRules(table: ScoreTable): boolean {
  return (table.header.tags?.length ?? 0) > 0;
}

/** In the order of the rules: the first that holds is the plainest description. */
export function tagsOf({ header, scores }: ScoreTable, { layer, head }: HeadRef): readonly HeadTag[] {
  const at = layer * header.shape.heads + head;
  return (header.tags ?? []).flatMap(({ tag, score, above }) => {
    const column = scores.get(score);
    const value = column?.mean[at] ?? NaN;
    if (column === undefined || !(value > above)) return [];
    const title = header.scores.find(({ id }) => id === score)?.title ?? score;
    return [{ tag, score: title, value, above, low: column.low[at] ?? NaN, high: column.high[at] ?? NaN }];
  });
}

/** Every tag that some head has, in the order of the rules, with how many heads have it. */
export function tagCounts(table: ScoreTable): readonly (readonly [tag: string, heads: number])[] {
  const { layers, heads } = table.header.shape;
  const all = Array.from({ length: layers * heads }, (_, at) =>
    tagsOf(table, { layer: Math.floor(at / heads), head: at % heads }),
  ).flat();
  return (table.header.tags ?? [])
    .map(({ tag }) => [tag, all.filter((one) => one.tag === tag).length] as const)
    .filter(([, count]) => count > 0);
}
