import type { RunSummary } from '../../../engine/results/runs.ts';

export function isDetection({ call }: RunSummary): boolean {
  return call === 'retrieve';
}
