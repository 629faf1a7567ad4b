/** The rows of a training of gates, so far. */
import { quantile } from 'd3';
import type { EventOf } from '../../../engine/results/contract.ts';
import type { DuoHeader, DuoStep, PerKvHead } from '../../../engine/results/duo.ts';
import type { RunTable } from '../../api/runTables.ts';

export interface GateRows {
  readonly header: DuoHeader;
  /** In order, each once. */
  readonly steps: readonly DuoStep[];
}

/** Null before the run says what it is. */
export function gateRows(table: RunTable | null): GateRows | null {
  if (table?.kind !== 'rows' || table.call !== 'duo') return null;
  const events = table.rows.flatMap((row) => (row.call === 'duo' ? [row.event] : []));
  const header = events.find((event) => event.kind === 'start')?.header;
  if (header === undefined) return null;
  // A training that went on says a second time what it is, and may take its last step anew.
  const steps = new Map(events.filter(isStep).map((step) => [step.step, step]));
  return { header, steps: [...steps.values()] };
}

function isStep(event: EventOf<'duo'>): event is DuoStep {
  return event.kind === 'step';
}

/** After the last step, at [layer * kvHeads + KV head]; NaN before the first. */
export function gateValues({ header: { shape }, steps }: GateRows): Float32Array<ArrayBuffer> {
  const gates = steps.at(-1)?.gates;
  return gates === undefined ? new Float32Array(shape.layers * shape.kvHeads).fill(NaN) : Float32Array.from(gates);
}

/** After the last step, by layer; null before the first. */
export function gatesNow({ header: { shape }, steps }: GateRows): PerKvHead | null {
  const gates = steps.at(-1)?.gates;
  if (gates === undefined) return null;
  const { layers, kvHeads } = shape;
  return Array.from({ length: layers }, (_, layer) => gates.slice(layer * kvHeads, (layer + 1) * kvHeads));
}

/** The gate below which a KV head streams, so that this share of them does: their quantile (Xiao et al. 2024, section 2.4). */
export function gateThreshold(gates: Float32Array, share: number): number {
  return share >= 1 ? Infinity : (quantile(gates, share) ?? NaN);
}

/** Cells whose gate is below it: fewer than the share where many gates are equal. */
export function streamingCells(gates: Float32Array, share: number): readonly number[] {
  const threshold = gateThreshold(gates, share);
  return [...gates.keys()].filter((at) => (gates[at] ?? NaN) < threshold);
}
