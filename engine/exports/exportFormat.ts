/** What an export is: one file per format; index.ts is the list. Imports results only. */
import type { AblatedUnit, AblationHeader } from '../results/ablation.ts';
import type { AttributedUnit, AttributionHeader } from '../results/attribution.ts';
import type { Baseline } from '../results/taskReport.ts';

/** Everything that one run gave which measures or estimates the effect of every unit. */
export interface EffectsRecord<Header, Unit> {
  readonly header: Header;
  readonly baseline: Baseline;
  /** In any order; fewer than `header.units` where the run was cancelled. */
  readonly units: readonly Unit[];
  readonly seconds: number;
  readonly warnings: readonly string[];
  /** ISO 8601. */
  readonly created: string;
  /** Version of headscope. */
  readonly version: string;
}

export type AblationRecord = EffectsRecord<AblationHeader, AblatedUnit>;
export type AttributionRecord = EffectsRecord<AttributionHeader, AttributedUnit>;

export interface ExportFormat {
  readonly id: string;
  readonly title: string;
  /** Without the dot. */
  readonly extension: string;
  /** The file's whole text, ending in a line break. */
  write(record: AblationRecord): string;
}

interface Placed {
  readonly layer: number;
  readonly head?: number;
  readonly kvGroup?: number;
}

/** Layer-major; within a layer by head or group. */
export function inLayerOrder<U extends Placed>(units: readonly U[]): U[] {
  const index = ({ head, kvGroup }: U) => head ?? kvGroup ?? 0;
  return [...units].sort((a, b) => a.layer - b.layer || index(a) - index(b));
}

/** At most 9 significant digits: float32 needs no more to come back exactly. */
export function rounded(value: number): number {
  return Number(value.toPrecision(9));
}
