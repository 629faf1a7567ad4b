/** A dictionary for another tool. */
import type { Service } from '../../results/index.ts';
import { Fault } from '../../terms/fault.ts';
import { readDictionary } from '../../../sae/formats/dictionaryFolder.ts';
import { writeSaeLens } from '../../../sae/formats/writeSaeLens.ts';

export function exportDictionaryCall(): Service['exportDictionary'] {
  return async ({ dictionary, format, out }) => {
    switch (format) {
      case 'saelens':
        return writeSaeLens(out, (await readDictionary(dictionary)).dictionary);
      case 'html':
      case 'saedashboard':
        throw new Fault({ what: 'pages of features are not built yet' });
    }
  };
}
