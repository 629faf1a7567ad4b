/** Hugging Face's `{layer: [heads]}` to remove: what prune_heads takes, and pruned_heads of a config. Imports results only. */
import type { ExportFormat } from './exportFormat.ts';
import { isObject, hasKeys } from './isObject.ts';
import { layerLists, readLayerLists } from './layerLists.ts';
import { chosen, onlySelection, readSelection } from './selection.ts';
import { textFile } from './textFile.ts';

export const hfHeads: ExportFormat = {
  id: 'hf-heads',
  title: 'Hugging Face pruned heads ({"layer": [heads removed]})',
  file: 'pruned_heads.json',
  selects: 'head',
  reader: {
    // A bare map may as well be RazorAttention's, which means the opposite.
    looksLike(source) {
      const value = source.peek();
      return hasKeys(value, 'pruned_heads') && isObject(value.pruned_heads);
    },
    read(source, model) {
      const value = source.json();
      const map = hasKeys(value, 'pruned_heads') ? value.pruned_heads : value;
      const places = readLayerLists(map, source.where);
      const about = { unit: 'head', listed: 0, id: 'kept', title: 'Hugging Face: heads that stay' } as const;
      const { table, doubts } = readSelection(places, about, model, source.where);
      return { tables: [table], notes: [`${places.length} heads are removed`], doubts };
    },
  },
  write(tables) {
    const removed = layerLists(chosen(onlySelection(tables, 'head', 'hf-heads'), 0));
    const notes = [
      'transformers 5 has no prune_heads any more, and version 4 none for Llama: GPT-2, BERT and ViT families have',
    ];
    return { files: [textFile('pruned_heads.json', `${JSON.stringify(removed)}\n`)], notes };
  },
};
