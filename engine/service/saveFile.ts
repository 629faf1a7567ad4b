import { writeAtomically } from '../files/writeAtomically.ts';

/** What the user saves through a dialog, where they agreed to replace what is there. Throws Fault where it can't be written. */
export function saveFile(path: string, bytes: Uint8Array): Promise<void> {
  return writeAtomically(path, [bytes], { overwrite: true });
}
