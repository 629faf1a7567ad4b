/** What an export is: one file per format; index.ts is the list. Imports results only. */
import type { AblatedUnit, AblationHeader } from '../results/ablation.ts';
import type { AttributedUnit, AttributionHeader } from '../results/attribution.ts';
import type { ExpectedModel, HeadTable, NamedFile } from '../results/importedScores.ts';
import type { Baseline } from '../results/taskReport.ts';
import type { ScoresSource } from './scoresSource.ts';

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

/** A form in which tables of heads leave the app, come into it, or both. */
export interface ExportFormat {
  readonly id: string;
  readonly title: string;
  /** Name of the file that is written; null for a folder of several. */
  readonly file: string | null;
  /** It lists units of this kind that stay or go: a plan among several tables is what it is written from. */
  readonly selects?: HeadTable['unit'];
  readonly reader?: ScoresReader;
  /** Throws Fault where the tables are not what the format says. */
  readonly write?: (tables: readonly HeadTable[], about: AboutTables) => Written;
}

export interface ScoresReader {
  /** By its content alone; throws nothing. */
  looksLike(source: ScoresSource): boolean;
  /** Throws Fault where it is broken, or of another shape than the model. */
  read(source: ScoresSource, model: ExpectedModel | null): ReadScores;
}

export interface ReadScores {
  readonly tables: readonly HeadTable[];
  /** The model that the file says it is of. */
  readonly model?: { readonly name: string | null; readonly fingerprint?: string };
  /** How the file was read, in lines. */
  readonly notes: readonly string[];
  /** What may be wrong with it, in lines. */
  readonly doubts?: readonly string[];
}

/** What a file says beside the numbers. */
export interface AboutTables {
  readonly model: string | null;
  readonly dataset: string | null;
  /** ISO 8601. */
  readonly created: string;
  /** Version of headscope. */
  readonly version: string;
}

export interface Written {
  readonly files: readonly NamedFile[];
  /** What one should know who takes the file for what it usually is, in lines. */
  readonly notes: readonly string[];
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
