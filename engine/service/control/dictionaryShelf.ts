/** The dictionaries of a project: in `dictionaries/`, a folder each, those of one training together in a folder of their own. */
import { readdir } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import type { DictionaryCard } from '../../results/dictionaries.ts';
import type { RequestOf, ResultOf } from '../../results/index.ts';
import { Fault } from '../../terms/fault.ts';
import { isDictionary, readCard, readLabels, writeLabels } from '../../../sae/formats/dictionaryFolder.ts';

type Listed = ResultOf<'dictionaries'>;
type Problem = Listed['problems'][number];

/** Folders within folders that are looked into. */
const DEPTH = 3;

export class DictionaryShelf {
  /** Where new ones go. */
  readonly folder: string;
  #labelling: Promise<unknown> = Promise.resolve();

  constructor(project: string) {
    this.folder = join(project, 'dictionaries');
  }

  /** Newest first. What can't be read is listed with the reason. */
  async list({ folders = [this.folder] }: RequestOf<'dictionaries'>): Promise<Listed> {
    const paths = await Promise.all(folders.map((folder) => dictionariesIn(resolve(folder), DEPTH)));
    const found = await Promise.all([...new Set(paths.flat())].map(listed));
    const dictionaries = found.flatMap((one) => ('path' in one ? [one] : []));
    return {
      dictionaries: dictionaries.sort((a, b) => compareText(b.created, a.created) || compareText(a.path, b.path)),
      folder: this.folder,
      problems: found.flatMap((one) => ('reason' in one ? [one] : [])),
    };
  }

  /** One at a time: each reads what the one before wrote. Throws Fault for a feature that is not there. */
  label(request: RequestOf<'labelFeature'>): Promise<ResultOf<'labelFeature'>> {
    const labelled = this.#labelling.then(() => label(request));
    this.#labelling = labelled.catch(() => undefined);
    return labelled;
  }
}

async function dictionariesIn(folder: string, depth: number): Promise<string[]> {
  if (await isDictionary(folder)) return [folder];
  if (depth === 0) return [];
  const entries = await readdir(folder, { withFileTypes: true }).catch(() => []);
  const folders = entries.filter((entry) => entry.isDirectory() && !entry.name.startsWith('.'));
  const deeper = await Promise.all(folders.map(({ name }) => dictionariesIn(join(folder, name), depth - 1)));
  return deeper.flat();
}

async function listed(folder: string): Promise<DictionaryCard | Problem> {
  try {
    return await readCard(folder);
  } catch (error) {
    return { folder, reason: error instanceof Error ? error.message : String(error) };
  }
}

async function label({ dictionary, feature, label: text }: RequestOf<'labelFeature'>) {
  const { features } = await readCard(dictionary);
  if (feature >= features) {
    throw new Fault({
      what: 'no such feature',
      where: dictionary,
      expected: `0 to ${features - 1}`,
      got: `${feature}`,
    });
  }
  const labels = new Map(await readLabels(dictionary));
  if (text === '') labels.delete(feature);
  else labels.set(feature, text);
  await writeLabels(dictionary, labels);
  return { labels: labels.size };
}

function compareText(a: string, b: string): number {
  return a < b ? -1 : Number(a > b);
}
