/** head_mask.npy of Hugging Face's run_bertology: layers x heads, 1 stays, 0 goes. Imports terms and results only. */
import type { ExpectedModel } from '../results/importedScores.ts';
import { Fault } from '../terms/fault.ts';
import type { ExportFormat, ReadScores } from './exportFormat.ts';
import { headTable } from './headTable.ts';
import type { NpyArray } from './npy.ts';
import { isNpy, readNpy, writeNpy } from './npy.ts';
import type { ScoresSource } from './scoresSource.ts';
import { onlySelection } from './selection.ts';
import { gridOfShape } from './unitGrid.ts';

export const headMask: ExportFormat = {
  id: 'head-mask',
  title: 'Hugging Face head_mask.npy (layers x heads)',
  file: 'head_mask.npy',
  selects: 'head',
  reader: {
    looksLike: (source) => source.only !== null && isNpy(source.only.data),
    read: readMask,
  },
  write(tables) {
    const { perLayer, values } = onlySelection(tables, 'head', 'head-mask');
    const heads = perLayer[0] ?? 0;
    if (perLayer.some((count) => count !== heads)) {
      const got = perLayer.slice(0, 8).join(', ');
      throw new Fault({
        what: 'layers of different sizes',
        where: 'head-mask',
        expected: 'as many heads in each',
        got,
      });
    }
    const data = writeNpy({ shape: [perLayer.length, heads], data: values });
    return { files: [{ name: 'head_mask.npy', data }], notes: [] };
  },
};

/** head_importance.npy has the same form: what is not of 0 and 1 alone is importance. */
function readMask(source: ScoresSource, model: ExpectedModel | null): ReadScores {
  const { where } = source;
  const array = readNpy(source.only?.data ?? new Uint8Array(), where);
  const [layers, heads] = shapeOf(array, where);
  const perLayer = Array.from({ length: layers }, () => heads);
  const shape = gridOfShape(perLayer, 'head', model, where).perLayer;
  requireFinite(array, heads, where);
  const isMask = array.data.every((value) => value === 0 || value === 1);
  const table = headTable({
    id: isMask ? 'kept' : 'importance',
    title: isMask ? 'Head mask: heads that stay' : 'Head importance',
    kind: isMask ? 'selection' : 'attribution',
    unit: 'head',
    direction: 'higher_keeps',
    perLayer: shape,
    values: array.data,
  });
  const note = isMask
    ? `${array.data.filter((value) => value === 0).length} heads are removed`
    : 'not of 0 and 1 alone, so no mask: read as head_importance.npy of run_bertology, the size of a gradient';
  return { tables: [table], notes: [note] };
}

function shapeOf({ shape }: NpyArray, where: string): readonly [layers: number, heads: number] {
  const [layers, heads] = shape;
  if (shape.length === 2 && layers !== undefined && heads !== undefined && layers * heads > 0) return [layers, heads];
  throw new Fault({ what: 'not a matrix', where, expected: 'layers x heads', got: `shape (${shape.join(', ')})` });
}

function requireFinite({ data }: NpyArray, heads: number, where: string): void {
  const at = data.findIndex((value) => !Number.isFinite(value));
  if (at < 0) return;
  const place = `L${Math.floor(at / heads)}H${at % heads}`;
  throw new Fault({ what: 'no finite number', where: `${where}: ${place}`, got: String(data[at]) });
}
