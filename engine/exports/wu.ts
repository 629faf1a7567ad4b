/**
 * Retrieval_Head (Wu et al. 2024, arXiv 2404.15574), HeadKV and SparseMM: `{"layer-head": [one per run]}`, layer by layer on one
 * line, for their readers take the first line and its order. Imports terms and results only.
 */
import type { ExportFormat, ReadScores } from './exportFormat.ts';
import { listsOfTable, readHeadLists, tableOfLists } from './headLists.ts';
import { placeOfKey } from './headKey.ts';
import { headTable } from './headTable.ts';
import { hasKeys, isObject } from './isObject.ts';
import { ranked } from './ranked.ts';
import { textFile } from './textFile.ts';

export const wu: ExportFormat = {
  id: 'wu',
  title: 'Retrieval_Head, HeadKV, SparseMM ({"layer-head": [scores]})',
  file: 'head_score.json',
  reader: {
    looksLike: (source) => isByHead(scoresOf(source.peek())),
    read(source, model): ReadScores {
      const lists = readHeadLists(scoresOf(source.json()), source.where);
      const { perLayer, values, runs, notes, doubts } = tableOfLists(lists, model, source.where);
      const table = headTable({
        id: 'score',
        title: 'Retrieval score',
        kind: 'behaviour',
        unit: 'head',
        direction: 'higher_keeps',
        ...{ perLayer, values, runs: { values: runs, names: null } },
      });
      return { tables: [table], notes, doubts };
    },
  },
  write(tables) {
    const { table, sign, notes } = ranked(tables, 'wu');
    const line = JSON.stringify(Object.fromEntries(listsOfTable(table, sign)));
    return { files: [textFile('head_score.json', `${line}\n`)], notes };
  },
};

/** Some wrap the map as `scores`, without saying of what. */
function scoresOf(value: unknown): unknown {
  return hasKeys(value, 'scores') && !hasKeys(value, 'meta') ? value.scores : value;
}

function isByHead(value: unknown): boolean {
  if (!isObject(value)) return false;
  const [first] = Object.keys(value);
  return first !== undefined && placeOfKey(first) !== null;
}
