/** A text as a file, in UTF-8. Imports results only. */
import type { NamedFile } from '../results/importedScores.ts';

export function textFile(name: string, text: string): NamedFile {
  return { name, data: new TextEncoder().encode(text) };
}
