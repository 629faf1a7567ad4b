/** The run that is looked at, with its methods, and the reference and the method that are looked at. */
import { useMemo } from 'react';
import type { CircuitHeader } from '../../../engine/results/circuitBench.ts';
import { useCircuitMethods } from '../../api/queries.ts';
import type { HeadShape } from '../../marks/headShape.ts';
import type { PruneRuns } from '../prune/pruneRuns.ts';
import { shownRun, usePruneRuns, useRunRows } from '../prune/pruneRuns.ts';
import type { CircuitView } from './circuitRows.ts';
import { circuitOf, rankedMethods } from './circuitRows.ts';
import { useCircuits } from './circuitsSettings.ts';
import type { MethodInfo, MethodLook } from './methodLooks.ts';
import { looksOf } from './methodLooks.ts';

export type CircuitReference = CircuitHeader['references'][number];

export interface ShownCircuit {
  readonly run: string;
  readonly view: CircuitView;
  readonly shape: HeadShape;
  /** Of all methods of the run that have a ranking. */
  readonly looks: readonly MethodLook[];
  /** Null where the run has none. */
  readonly reference: CircuitReference | null;
  /** Null until one has a ranking. */
  readonly method: MethodLook | null;
}

export interface CircuitRun {
  readonly runs: PruneRuns;
  readonly run: string | null;
  /** Null until the run says what it is. */
  readonly shown: ShownCircuit | null;
}

const none: readonly MethodInfo[] = [];

export function useShownCircuit(): CircuitRun {
  const chosen = useCircuits((settings) => settings.run);
  const reference = useCircuits((settings) => settings.reference);
  const method = useCircuits((settings) => settings.method);
  const runs = usePruneRuns('circuit');
  const run = shownRun(runs.list, chosen);
  const rows = useRunRows(run);
  const known = useCircuitMethods().data?.methods ?? none;
  const view = useMemo(() => circuitOf(rows), [rows]);
  const looks = useMemo(() => (view === null ? [] : looksOf(rankedMethods(view), known)), [view, known]);
  const shape = useMemo(() => (view === null ? null : shapeOf(view.header)), [view]);
  const shown =
    run === null || view === null || shape === null
      ? null
      : { run, view, shape, looks, ...chosenOf(view, looks, reference, method) };
  return { runs, run, shown };
}

function chosenOf(
  { header: { references } }: CircuitView,
  looks: readonly MethodLook[],
  reference: string | null,
  method: string | null,
): Pick<ShownCircuit, 'reference' | 'method'> {
  return {
    reference: references.find(({ id }) => id === reference) ?? references[0] ?? null,
    method: looks.find(({ id }) => id === method) ?? looks.find(({ role }) => role === 'method') ?? looks[0] ?? null,
  };
}

function shapeOf({ shape, perLayer }: CircuitHeader): HeadShape {
  const { layers, heads, kvHeads } = shape;
  const isEven = perLayer.every((layer) => layer.heads === heads);
  return { layers, heads, kvHeads, ...(isEven ? {} : { headsOf: perLayer.map((layer) => layer.heads) }) };
}
