/** Where the parts of this package lie that are not code of this program: the same from sources and compiled. */
import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = packageRoot(dirname(fileURLToPath(import.meta.url)));

/** Models that come with the package; null where they were left out. */
export const bundledFolder = existing(join(root, 'fixtures', 'models'));

/** The built interface. */
export const uiFolder = join(root, 'dist', 'renderer');

/** A forked process can't be compiled as it is loaded, so it is always the built one. */
export const computeEntry = join(root, 'dist', 'engine', 'service', 'compute', 'computeProcess.js');

function packageRoot(folder: string): string {
  if (existsSync(join(folder, 'package.json'))) return folder;
  const above = dirname(folder);
  if (above === folder) throw new RangeError('packagePlaces: no package.json above this file');
  return packageRoot(above);
}

function existing(folder: string): string | null {
  return existsSync(folder) ? folder : null;
}
