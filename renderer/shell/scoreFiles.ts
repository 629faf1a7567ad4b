/** Files about heads that the user picked or dropped, as the engine takes them. */
import type { NamedFile } from '../../engine/results/importedScores.ts';
import { Fault } from '../../engine/terms/fault.ts';

export interface ScoreFiles {
  /** Of the file, or of the folder. */
  readonly name: string;
  readonly files: readonly NamedFile[];
}

/** What is read of a folder, which may hold gigabytes beside: HeadVis, DuoAttention. */
const ofFolder: readonly string[] = ['config.json', 'scatter_data.json', 'full_attention_heads.tsv'];
/** Of them, those that no folder of a model has. */
const telling: readonly string[] = ofFolder.slice(1);

/** As much as the engine reads. */
const MOST = 64 * 2 ** 20;

/** A file of scores by its name: prompts are .jsonl and .csv, views .view.json. */
export function isScoreFile(name: string): boolean {
  return /\.(json|tsv|npy|txt)$/i.test(name) && !name.endsWith('.view.json');
}

export function isScoreFolder(names: readonly string[]): boolean {
  return names.some((name) => telling.includes(name));
}

/** One file, or what belongs to the format among those of a folder. Throws Fault where there is none, and for too many bytes. */
export async function scoreFiles(files: readonly File[], folder: string | null): Promise<ScoreFiles> {
  const taken = folder === null ? files : files.filter((file) => ofFolder.includes(file.name) && isAtTop(file));
  const name = folder ?? files.map((file) => file.name).join(', ');
  if (taken.length === 0) {
    const expected = 'config.json and scatter_data.json of HeadVis, or full_attention_heads.tsv of DuoAttention';
    throw new Fault({ what: 'a folder without a file about heads', where: name, expected });
  }
  const size = taken.reduce((sum, file) => sum + file.size, 0);
  if (size > MOST) throw new Fault({ what: 'too large', where: name, expected: '64 MB at most', got: `${size} bytes` });
  const read = async (file: File) => ({ name: file.name, data: new Uint8Array(await file.arrayBuffer()) });
  return { name, files: await Promise.all(taken.map(read)) };
}

/** In the folder itself, not in one within it. */
function isAtTop({ webkitRelativePath: path }: File): boolean {
  return path.split('/').length <= 2;
}
