/** Another tool's dictionary into our own form on disk. */
import type { Service } from '../../results/index.ts';
import { Fault } from '../../terms/fault.ts';
import { isDictionary, readCard, writeDictionary } from '../../../sae/formats/dictionaryFolder.ts';
import { readForeign } from '../../../sae/formats/readForeign.ts';

export function importDictionaryCall(): Service['importDictionary'] {
  return async ({ out, ...request }) => {
    if (await isDictionary(out)) {
      throw new Fault({ what: 'there is a dictionary already', where: out, expected: 'a new folder' });
    }
    const { dictionary, format, notes } = await readForeign(request);
    await writeDictionary(out, { dictionary, training: null, created: new Date().toISOString() });
    return { card: await readCard(out), format, notes };
  };
}
