/** Folders or files have changed: what is listed, and what could not be read before. */
import type { Workbench } from '../../api/workbench.ts';

export async function refreshLibrary({ queries }: Workbench): Promise<void> {
  await Promise.all([
    queries.invalidateQueries({ queryKey: ['library'] }),
    queries.invalidateQueries({ queryKey: ['folders'] }),
    queries.refetchQueries({ predicate: ({ queryKey, state }) => queryKey[0] === 'info' && state.error !== null }),
  ]);
}
