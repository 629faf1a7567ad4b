/** Files that the user picks: one, several, or those of a folder. */

/** Resolves with the chosen files, in the order of their names; none where the choice was given up. */
export function chooseFiles(accept: string, what: 'file' | 'files' | 'folder'): Promise<readonly File[]> {
  const input = document.createElement('input');
  input.type = 'file';
  input.accept = accept;
  input.multiple = what === 'files';
  input.webkitdirectory = what === 'folder';
  return new Promise((resolve) => {
    input.addEventListener('change', () => resolve([...(input.files ?? [])].toSorted(byName)));
    input.addEventListener('cancel', () => resolve([]));
    input.click();
  });
}

function byName(a: File, b: File): number {
  return a.name < b.name ? -1 : 1;
}
