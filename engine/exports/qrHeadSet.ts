/** QRHead's chosen heads: `8-21,8-14,...`, alone or as attn_head_set of its configuration. Imports terms and results only. */
import type { ExpectedModel } from '../results/importedScores.ts';
import { Fault } from '../terms/fault.ts';
import type { ExportFormat, ReadScores } from './exportFormat.ts';
import type { Place } from './headKey.ts';
import { headKey, placeOfKey } from './headKey.ts';
import { requireOnce } from './headLists.ts';
import type { ScoresSource } from './scoresSource.ts';
import { chosen, onlySelection, readSelection } from './selection.ts';
import { textFile } from './textFile.ts';

export const qrHeadSet: ExportFormat = {
  id: 'qr-head-set',
  title: 'QRHead set (layer-head,layer-head,...)',
  file: 'qr_head_set.txt',
  selects: 'head',
  reader: {
    looksLike: (source) => setIn(source) !== null,
    read: readSet,
  },
  write(tables) {
    const heads = chosen(onlySelection(tables, 'head', 'qr-head-set'), 1);
    return { files: [textFile('qr_head_set.txt', `${heads.map(headKey).join(',')}\n`)], notes: [] };
  },
};

const PAIR = String.raw`\d{1,9}-\d{1,9}`;
const LIST = String.raw`${PAIR}(?:[ \t]*,[ \t]*${PAIR})*`;

/** The comma-joined heads of the file, or null. */
function setIn(source: ScoresSource): string | null {
  const text = textOf(source)?.trim() ?? '';
  const alone = new RegExp(`^${LIST}$`).test(text) ? text : null;
  const field = new RegExp(`^[ \\t]*attn_head_set:[ \\t]*["']?(${LIST})["']?[ \\t\\r]*(?:#.*)?$`, 'm').exec(text);
  return alone ?? field?.[1] ?? null;
}

/** As the configuration names it, or null. */
function modelIn(source: ScoresSource): string | null {
  const field = /^[ \t]*model_name_or_path:[ \t]*["']?([^"'\n#]+)/m.exec(source.text());
  return field?.[1]?.trim() ?? null;
}

function textOf(source: ScoresSource): string | null {
  try {
    return source.text();
  } catch {
    return null;
  }
}

function readSet(source: ScoresSource, model: ExpectedModel | null): ReadScores {
  const { where } = source;
  const found = setIn(source);
  if (found === null) throw new Fault({ what: 'no list of heads', where, expected: 'layer-head,layer-head,...' });
  const places = found.split(',').map((key): Place => placeOfKey(key) ?? { layer: 0, index: 0 });
  requireOnce(places, where);
  const about = { unit: 'head', listed: 1, id: 'chosen', title: 'QRHead set' } as const;
  const { table, doubts } = readSelection(places, about, model, where);
  return { tables: [table], model: { name: modelIn(source) }, notes: [`${places.length} heads are chosen`], doubts };
}
