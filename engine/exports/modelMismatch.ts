/** Is a file of the model that it is read for? Imports results only. */
import type { ExpectedModel } from '../results/importedScores.ts';
import type { ReadScores } from './exportFormat.ts';

/** Lines that say why the numbers may be of another model; by name only where the file has no fingerprint. */
export function modelMismatch({ model: named }: ReadScores, expected: ExpectedModel): string[] {
  const theirs = named?.fingerprint;
  const ours = expected.fingerprint;
  if (theirs !== undefined && ours !== undefined) {
    const words = `measured on other weights: fingerprint ${theirs.slice(0, 12)}, the model here has ${ours.slice(0, 12)}`;
    return theirs === ours ? [] : [words];
  }
  const name = named?.name ?? null;
  if (name === null) return ['the file does not say which model it is of: only its shape could be checked'];
  const words = `the file names the model ${name.slice(0, 120)}, the one here is ${expected.name}`;
  return isAlike(name, expected.name) ? [] : [words];
}

/** Names of one model come with owner, folder, ending and quantisation, or without. */
function isAlike(a: string, b: string): boolean {
  const [first, second] = [plainName(a), plainName(b)];
  return first !== '' && second !== '' && (first.startsWith(second) || second.startsWith(first));
}

function plainName(name: string): string {
  const last = name.split(/[\\/]/).findLast((part) => part !== '') ?? '';
  return last
    .toLowerCase()
    .replace(/\.(gguf|safetensors)$/, '')
    .replace(/[^a-z0-9]/g, '');
}
