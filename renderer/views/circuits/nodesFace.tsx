/** Every node by what the chosen method gives it: as a matrix of heads, and as a table with the ranks of all methods. */
import type { ReactElement } from 'react';
import { useMemo } from 'react';
import { CircuitBar } from './circuitBar.tsx';
import { Loading } from '../../parts/states.tsx';
import { nodeRows } from './nodeRows.ts';
import { NodesMatrix } from './nodesMatrix.tsx';
import { NodesTable } from './nodesTable.tsx';
import type { ShownCircuit } from './useShownCircuit.ts';

export function NodesFace(shown: ShownCircuit): ReactElement {
  const { view, method, shape, run } = shown;
  const id = method?.id ?? null;
  const rows = useMemo(() => (id === null ? [] : nodeRows(view, id, shape)), [view, id, shape]);
  return (
    <div className="circuits-face">
      <CircuitBar run={run} />
      {method === null ? (
        <Loading what="The first ranking is being made" />
      ) : (
        <div className="circuits-nodes">
          <NodesMatrix {...{ shown, method, rows }} />
          <NodesTable {...{ shown, method, rows }} />
        </div>
      )}
    </div>
  );
}
