/** RazorAttention (golden-stick): `{"layer": [KV heads]}` whose whole cache is kept. Imports terms and results only. */
import type { ExportFormat } from './exportFormat.ts';
import { layerLists, readLayerLists } from './layerLists.ts';
import { chosen, onlySelection, readSelection } from './selection.ts';
import { textFile } from './textFile.ts';

export const razor: ExportFormat = {
  id: 'razor',
  title: 'RazorAttention ({"layer": [KV heads kept whole]})',
  file: 'retrieval_heads.json',
  selects: 'kv-group',
  reader: {
    // The form is Hugging Face's map too, which means the opposite: only who asks for it gets it.
    looksLike: () => false,
    read(source, model) {
      const places = readLayerLists(source.json(), source.where);
      const about = { unit: 'kv-group', listed: 1, id: 'full', title: 'RazorAttention: whole cache' } as const;
      const { table, doubts } = readSelection(places, about, model, source.where);
      return { tables: [table], notes: [`${places.length} KV heads keep their whole cache`], doubts };
    },
  },
  write(tables) {
    const kept = layerLists(chosen(onlySelection(tables, 'kv-group', 'razor'), 1));
    return { files: [textFile('retrieval_heads.json', `${JSON.stringify(kept, null, 3)}\n`)], notes: [] };
  },
};
