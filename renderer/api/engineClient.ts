/** The engine, for a component that asks it something. */
import type { Client } from '../../engine/results/contract.ts';
import { useWorkbench } from './workbench.ts';

export function useClient(): Client {
  return useWorkbench().client;
}
