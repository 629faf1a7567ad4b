import type { Workbench } from '../../api/workbench.ts';
import { refreshLibrary } from './refreshLibrary.ts';

/** Lists the models of a folder from now on. Throws the engine's Fault for what is none. */
export async function addFolder(workbench: Workbench, folder: string): Promise<void> {
  await workbench.client.folders({ add: folder });
  await refreshLibrary(workbench);
}
