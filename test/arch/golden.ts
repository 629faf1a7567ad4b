/** The golden fixtures: folders of fixtures/golden. */
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

export { readIds } from '../../fixtures/make/parity/readIds.ts';

const root = fileURLToPath(new URL('../../fixtures/golden', import.meta.url));

export const goldenFolders: readonly string[] = existsSync(root)
  ? readdirSync(root, { withFileTypes: true })
      .filter((entry) => entry.isDirectory() && !entry.name.startsWith('.'))
      .map(({ name }) => name)
      .sort()
  : [];

export function goldenPath(folder: string): string {
  return join(root, folder);
}
