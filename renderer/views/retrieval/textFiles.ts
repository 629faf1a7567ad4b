/** Text of files that the user picked. */
import { Fault } from '../../../engine/terms/fault.ts';
import type { TextFile } from './retrievalSettings.ts';

/** As much as is read of a haystack. */
const MOST = 64_000_000;

/** Throws a Fault for files that are too long to be sent. */
export async function readTexts(files: readonly File[]): Promise<readonly TextFile[]> {
  const size = files.reduce((sum, file) => sum + file.size, 0);
  if (size > MOST) {
    const where = files.length === 1 ? (files[0]?.name ?? '') : `${files.length} files`;
    throw new Fault({ what: 'too much text', where, expected: '64 MB at most', got: `${size} bytes` });
  }
  return Promise.all(files.map(async (file) => ({ name: file.name, text: await file.text() })));
}
