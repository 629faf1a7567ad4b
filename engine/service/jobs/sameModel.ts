/** Is the model of a job the one in memory? */
import { resolve } from 'node:path';
import type { JobRequest } from '../../results/runs.ts';
import type { Resident } from '../../results/workbench.ts';
import { modelPath } from './jobCalls.ts';

/** By path, and by how the weights are held where the job asks for it: that too would have it opened anew. */
export function sameModel(job: JobRequest, resident: Resident | null): boolean {
  const path = modelPath(job);
  if (resident === null || path === null || resolve(path) !== resolve(resident.path)) return false;
  const weights = 'weights' in job.request ? job.request.weights : undefined;
  return weights === undefined || weights === 'auto' || weights === resident.model.weights;
}
