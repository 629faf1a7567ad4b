/** MoA (thu-nics/MoA): how far each head looks back at length N, alpha + beta N. Imports results only. */
import type { HeadTable } from '../results/importedScores.ts';
import { Fault } from '../terms/fault.ts';
import type { ExportFormat, ReadScores } from './exportFormat.ts';
import { headTable } from './headTable.ts';
import { hasKeys } from './isObject.ts';
import { readMatrix } from './matrix.ts';
import { gridOfShape } from './unitGrid.ts';

export const moa: ExportFormat = {
  id: 'moa',
  title: 'MoA ({alphas, betas}, layers x heads)',
  file: null,
  reader: {
    looksLike: (source) => hasKeys(source.peek(), 'alphas', 'betas'),
    read(source, model): ReadScores {
      const value = source.json();
      const { alphas = null, betas = null } = hasKeys(value, 'alphas', 'betas') ? value : {};
      const [alpha, beta] = [
        readMatrix(alphas, `${source.where}: alphas`),
        readMatrix(betas, `${source.where}: betas`),
      ];
      const shapes = [alpha, beta].map((rows) => rows.map((row) => row.length));
      if (String(shapes[0]) !== String(shapes[1])) {
        const [expected = '', got = ''] = shapes.map((shape) => `${shape.length} x ${shape[0]}`);
        throw new Fault({ what: 'betas of another shape than alphas', where: source.where, expected, got });
      }
      const { perLayer } = gridOfShape(shapes[0] ?? [], 'head', model, source.where);
      const tables = [
        tableOf('alpha', 'Span at length 0 (alpha)', alpha, perLayer),
        tableOf('beta', 'Growth of the span with length (beta)', beta, perLayer),
      ];
      return { tables, notes: ['a budget that was searched for, not a measure of importance'] };
    },
  },
};

function tableOf(
  id: string,
  title: string,
  rows: readonly (readonly number[])[],
  perLayer: readonly number[],
): HeadTable {
  return headTable({ id, title, kind: 'budget', unit: 'head', perLayer, values: Float32Array.from(rows.flat()) });
}
