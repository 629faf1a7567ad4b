/** Lets the user pick a file about heads, or a folder of them, and shows what is in it. */
import { attempt } from '../api/attempt.ts';
import type { Workbench } from '../api/workbench.ts';
import { chooseFiles } from '../parts/chooseFiles.ts';
import { scoreFiles } from './scoreFiles.ts';

export function chooseScores(workbench: Workbench, what: 'files' | 'folder'): void {
  attempt(workbench, async () => {
    const files = await chooseFiles(what === 'folder' ? '' : '.json,.tsv,.npy,.txt', what);
    const [first] = files;
    if (first === undefined) return;
    const folder = what === 'folder' ? (first.webkitRelativePath.split('/')[0] ?? '') : null;
    workbench.dialogs.show({ kind: 'importScores', source: await scoreFiles(files, folder) });
  });
}
