/**
 * The rows of a run as tables of numbers: typed arrays that are written in place as rows come, NaN where nothing is known
 * yet. Whoever draws them compares `version`s, not arrays.
 */
import type { AblatedUnit, AblationHeader } from '../../engine/results/ablation.ts';
import type { AblatedSet, SetsHeader } from '../../engine/results/ablateSets.ts';
import type { AttributionHeader, AttributionSite } from '../../engine/results/attribution.ts';
import { unitOfSite } from '../../engine/results/attribution.ts';
import type { EventOf } from '../../engine/results/contract.ts';
import type { PatchHeader } from '../../engine/results/patchGrid.ts';
import type { Summary } from '../../engine/results/records.ts';
import type { JobCall, RunRow } from '../../engine/results/runs.ts';
import type { Copying } from '../../engine/results/scores.ts';
import type { Baseline } from '../../engine/results/taskReport.ts';
import type { HeadRef } from '../../engine/results/units.ts';
import type { Column } from './column.ts';
import { emptyColumn, writeColumn } from './column.ts';
import type { RetrieveTable } from './retrieveTable.ts';
import { foldRetrieve } from './retrieveTable.ts';
import type { ScoreTableHeader } from './scoresAlike.ts';
import { headerOfDirectLogits, headerOfScores, headerOfWeights } from './scoresAlike.ts';

export type { Column } from './column.ts';

export type UnitKind = AblationHeader['unit'];

/** A number for each unit of a model: unit i of layer l at [l * perLayer + i]. */
export interface UnitTable {
  readonly unit: UnitKind;
  readonly layers: number;
  /** Heads or KV groups of the layer that has most; 1 for MLPs and layers. */
  readonly perLayer: number;
  readonly effect: Column;
  /** Nats; null where the call gives none. */
  readonly kl: Column | null;
  /** How many units are known. */
  readonly known: number;
}

export interface AblationTable {
  readonly kind: 'ablate';
  readonly header: AblationHeader;
  readonly baseline: Baseline | null;
  readonly units: UnitTable;
}

export interface AttributionTable {
  readonly kind: 'attribute';
  readonly header: AttributionHeader;
  readonly baseline: Baseline | null;
  readonly sites: ReadonlyMap<AttributionSite, UnitTable>;
}

/** Each score at [layer * heads + head]: of behaviour, of weights, or what heads write towards the answer. */
export interface ScoreTable {
  readonly kind: 'scores';
  readonly header: ScoreTableHeader;
  readonly scores: ReadonlyMap<string, Column>;
  readonly copying: Copying | null;
  /** Heads that are known. */
  readonly known: number;
}

export interface SetTable {
  readonly kind: 'ablateSets';
  readonly header: SetsHeader;
  readonly baseline: Baseline | null;
  /** In the order in which they came. */
  readonly sets: readonly AblatedSet[];
  /** Greedy growth: the head that each step added. */
  readonly chosen: readonly HeadRef[];
}

/** Each cell at [layer * columns + column]. */
export interface GridTable {
  readonly kind: 'patchGrid';
  readonly header: PatchHeader;
  readonly ends: { readonly clean: Summary; readonly corrupt: Summary } | null;
  readonly effect: Column;
  readonly recovery: Column;
  readonly known: number;
}

/** Calls whose rows are no table of numbers over heads: their rows as they came. */
export interface RowTable {
  readonly kind: 'rows';
  readonly call: Exclude<
    JobCall,
    'ablate' | 'attribute' | 'scores' | 'weightScores' | 'directLogits' | 'ablateSets' | 'patchGrid' | 'retrieve'
  >;
  readonly rows: readonly RunRow[];
}

export type RunTable = AblationTable | AttributionTable | ScoreTable | SetTable | GridTable | RetrieveTable | RowTable;

/**
 * The table with one more row; a new object around the same arrays. Null until the row that says what the run is: rows
 * before it are none of a table's.
 */
export function foldRow(table: RunTable | null, row: RunRow): RunTable | null {
  switch (row.call) {
    case 'ablate':
      return foldAblation(table?.kind === 'ablate' ? table : null, row.event);
    case 'attribute':
      return foldAttribution(table?.kind === 'attribute' ? table : null, row.event);
    case 'scores':
      return foldScores(table?.kind === 'scores' ? table : null, row.event);
    case 'weightScores':
      return foldWeights(table?.kind === 'scores' ? table : null, row.event);
    case 'directLogits':
      return foldDirectLogits(table?.kind === 'scores' ? table : null, row.event);
    case 'ablateSets':
      return foldSets(table?.kind === 'ablateSets' ? table : null, row.event);
    case 'patchGrid':
      return foldGrid(table?.kind === 'patchGrid' ? table : null, row.event);
    case 'retrieve':
      return foldRetrieve(table?.kind === 'retrieve' ? table : null, row.event);
    default:
      return { kind: 'rows', call: row.call, rows: [...(table?.kind === 'rows' ? table.rows : []), row] };
  }
}

function foldAblation(table: AblationTable | null, event: EventOf<'ablate'>): AblationTable | null {
  // A run that went on after an interruption says a second time what it is: what is known stays known.
  if (event.kind === 'start') return table ?? startAblation(event.header);
  if (table === null || event.kind === 'progress') return table;
  if (event.kind === 'baseline') return { ...table, baseline: event.baseline };
  return { ...table, units: withUnit(table.units, event, event.kl) };
}

function startAblation(header: AblationHeader): AblationTable {
  return { kind: 'ablate', header, baseline: null, units: emptyUnits(header.unit, header, true) };
}

function foldAttribution(table: AttributionTable | null, event: EventOf<'attribute'>): AttributionTable | null {
  if (event.kind === 'start') return table ?? startAttribution(event.header);
  if (table === null || event.kind === 'progress') return table;
  if (event.kind === 'baseline') return { ...table, baseline: event.baseline };
  const units = table.sites.get(event.site);
  if (units === undefined) return table;
  return { ...table, sites: new Map(table.sites).set(event.site, withUnit(units, event, null)) };
}

function startAttribution(header: AttributionHeader): AttributionTable {
  const sites = header.sites.map((site) => [site, emptyUnits(unitOfSite[site], header, false)] as const);
  return { kind: 'attribute', header, baseline: null, sites: new Map(sites) };
}

function foldScores(table: ScoreTable | null, event: EventOf<'scores'>): ScoreTable | null {
  if (event.kind === 'start') return table ?? startScores(headerOfScores(event.header));
  if (table === null || event.kind === 'progress') return table;
  return event.kind === 'copying' ? { ...table, copying: event } : withHead(table, event);
}

function foldWeights(table: ScoreTable | null, event: EventOf<'weightScores'>): ScoreTable | null {
  if (event.kind === 'start') return table ?? startScores(headerOfWeights(event.header));
  return table === null || event.kind === 'progress' ? table : withHead(table, event);
}

/** The parts of heads; the rest of the sum is in the rows. */
function foldDirectLogits(table: ScoreTable | null, event: EventOf<'directLogits'>): ScoreTable | null {
  if (event.kind === 'start') return table ?? startScores(headerOfDirectLogits(event.header));
  return table === null || event.kind !== 'head' ? table : withHead(table, event);
}

type ScoredHead = HeadRef & { readonly values: Readonly<Record<string, Summary>> };

function withHead(table: ScoreTable, { layer, head, values }: ScoredHead): ScoreTable {
  const at = layer * table.header.shape.heads + head;
  const isNew = Object.entries(values).map(([id, value]) => writeColumn(table.scores.get(id), at, value));
  return { ...table, known: table.known + (isNew.includes(true) ? 1 : 0) };
}

function startScores(header: ScoreTableHeader): ScoreTable {
  const cells = header.shape.layers * header.shape.heads;
  const scores = new Map(header.scores.map(({ id }) => [id, emptyColumn(cells)] as const));
  return { kind: 'scores', header, scores, copying: null, known: 0 };
}

function foldSets(table: SetTable | null, event: EventOf<'ablateSets'>): SetTable | null {
  if (event.kind === 'start') {
    return table ?? { kind: 'ablateSets', header: event.header, baseline: null, sets: [], chosen: [] };
  }
  if (table === null || event.kind === 'progress') return table;
  if (event.kind === 'baseline') return { ...table, baseline: event.baseline };
  if (event.kind === 'chosen') return { ...table, chosen: table.chosen.toSpliced(event.step, 1, event.head) };
  return { ...table, sets: [...table.sets, event] };
}

function foldGrid(table: GridTable | null, event: EventOf<'patchGrid'>): GridTable | null {
  if (event.kind === 'start') return table ?? startGrid(event.header);
  if (table === null || event.kind === 'progress') return table;
  if (event.kind === 'ends') return { ...table, ends: { clean: event.clean, corrupt: event.corrupt } };
  const at = event.layer * table.header.columns.length + event.column;
  const isNew = writeColumn(table.effect, at, event.effect);
  if (event.recovery !== null) writeColumn(table.recovery, at, event.recovery);
  return { ...table, known: table.known + (isNew ? 1 : 0) };
}

function startGrid(header: PatchHeader): GridTable {
  const cells = header.shape.layers * header.columns.length;
  return {
    kind: 'patchGrid',
    header,
    ends: null,
    effect: emptyColumn(cells),
    recovery: emptyColumn(cells),
    known: 0,
  };
}

type Shaped = Pick<AblationHeader, 'shape' | 'perLayer'>;

function emptyUnits(unit: UnitKind, header: Shaped, hasKl: boolean): UnitTable {
  const { layers } = header.shape;
  const perLayer = unitsPerLayer(unit, header);
  const cells = layers * perLayer;
  return { unit, layers, perLayer, effect: emptyColumn(cells), kl: hasKl ? emptyColumn(cells) : null, known: 0 };
}

function unitsPerLayer(unit: UnitKind, { shape, perLayer }: Shaped): number {
  if (unit === 'head') return Math.max(shape.heads, ...perLayer.map(({ heads }) => heads));
  if (unit === 'kv-group') return Math.max(shape.kvHeads, ...perLayer.map(({ kvHeads }) => kvHeads));
  return 1;
}

type Measured = Pick<AblatedUnit, 'layer' | 'head' | 'kvGroup' | 'effect'>;

function withUnit(table: UnitTable, unit: Measured, kl: Summary | null): UnitTable {
  const at = unit.layer * table.perLayer + (unit.head ?? unit.kvGroup ?? 0);
  const isNew = writeColumn(table.effect, at, unit.effect);
  if (kl !== null) writeColumn(table.kl ?? undefined, at, kl);
  return isNew ? { ...table, known: table.known + 1 } : table;
}
