/** What an export is: one file per format; index.ts is the list. Imports results only. */
import type { AblatedUnit, AblationHeader } from '../results/ablation.ts';
import type { Baseline } from '../results/taskReport.ts';

/** Everything that one ablation run gave. */
export interface AblationRecord {
  readonly header: AblationHeader;
  readonly baseline: Baseline;
  /** In any order; fewer than `header.units` where the run was cancelled. */
  readonly units: readonly AblatedUnit[];
  readonly seconds: number;
  readonly warnings: readonly string[];
  /** ISO 8601. */
  readonly created: string;
  /** Version of headscope. */
  readonly version: string;
}

export interface ExportFormat {
  readonly id: string;
  readonly title: string;
  /** Without the dot. */
  readonly extension: string;
  /** The file's whole text, ending in a line break. */
  write(record: AblationRecord): string;
}

/** Layer-major; within a layer by head or group. */
export function inLayerOrder(units: readonly AblatedUnit[]): AblatedUnit[] {
  const index = ({ head, kvGroup }: AblatedUnit) => head ?? kvGroup ?? 0;
  return [...units].sort((a, b) => a.layer - b.layer || index(a) - index(b));
}

/** At most 9 significant digits: float32 needs no more to come back exactly. */
export function rounded(value: number): number {
  return Number(value.toPrecision(9));
}
