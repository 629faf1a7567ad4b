/** Text files that the user picks: one, or those of a folder. */
import { Fault } from '../../../engine/terms/fault.ts';
import type { TextFile } from './retrievalSettings.ts';

/** As much as is read of a haystack. */
const MOST = 64_000_000;

/** Resolves with the chosen files, in the order of their names; none where the choice was given up. */
export function chooseFiles(accept: string, isFolder: boolean): Promise<readonly File[]> {
  const input = document.createElement('input');
  input.type = 'file';
  input.accept = accept;
  input.webkitdirectory = isFolder;
  return new Promise((resolve) => {
    input.addEventListener('change', () => resolve([...(input.files ?? [])].toSorted(byName)));
    input.addEventListener('cancel', () => resolve([]));
    input.click();
  });
}

function byName(a: File, b: File): number {
  return a.name < b.name ? -1 : 1;
}

/** Throws a Fault for files that are too long to be sent. */
export async function readTexts(files: readonly File[]): Promise<readonly TextFile[]> {
  const size = files.reduce((sum, file) => sum + file.size, 0);
  if (size > MOST) {
    const where = files.length === 1 ? (files[0]?.name ?? '') : `${files.length} files`;
    throw new Fault({ what: 'too much text', where, expected: '64 MB at most', got: `${size} bytes` });
  }
  return Promise.all(files.map(async (file) => ({ name: file.name, text: await file.text() })));
}
