/** The library as the rows of one table. */
import type { ListedModel, ModelSourceInfo } from '../../../engine/results/library.ts';

export interface ModelRow extends ListedModel {
  /** Titles of the sources that list it. */
  readonly sources: readonly string[];
}

/** Listed folders are told apart by their paths; places of one program are one source. */
export function sourceKey({ id, path }: Pick<ModelSourceInfo, 'id' | 'path'>): string {
  return id === 'folder' ? `folder ${path ?? ''}` : id;
}

/** Of one source or all, each path once; every word of the search is in the name or the path. */
export function modelRows(
  sources: readonly ModelSourceInfo[],
  { source, search }: { readonly source: string | null; readonly search: string },
): readonly ModelRow[] {
  const words = search.toLowerCase().split(/\s+/).filter(Boolean);
  const rows = new Map<string, ModelRow>();
  for (const { title, models } of sources.filter((one) => source === null || sourceKey(one) === source))
    for (const model of models) {
      const known = rows.get(model.path)?.sources ?? [];
      if (holds(model, words)) rows.set(model.path, { ...model, sources: [...known, title] });
    }
  return [...rows.values()];
}

function holds({ name, path }: ListedModel, words: readonly string[]): boolean {
  const text = `${name} ${path}`.toLowerCase();
  return words.every((word) => text.includes(word));
}
