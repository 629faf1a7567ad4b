/** By hand: the primary head in or out, the set of heads as the circuit, the circuit as the set. */
import type { ReactElement } from 'react';
import { useSelection } from '../../api/hooks.ts';
import { Button } from '../../parts/button.tsx';
import { headName } from '../../state/headNames.ts';
import type { CircuitChoice } from './useCircuitChoice.ts';

export function CircuitEdits({ choice }: { readonly choice: CircuitChoice }): ReactElement {
  const primary = useSelection((state) => state.primary);
  const isSetEmpty = useSelection((state) => state.set.length === 0);
  const { nodes, changes, toggle, clearHand, intoSet, fromSet } = choice;
  const name = primary === null ? null : headName(primary);
  return (
    <div className="circuits-line">
      {name !== null && (
        <Button onClick={() => toggle(name)}>{nodes.includes(name) ? `Take ${name} out` : `Put ${name} in`}</Button>
      )}
      <Button disabled={nodes.length === 0} onClick={intoSet} title="The heads of the circuit become the set">
        Into the set
      </Button>
      <Button disabled={isSetEmpty} onClick={fromSet} title="The set of heads becomes the circuit">
        From the set
      </Button>
      {changes !== '' && (
        <>
          <code className="circuits-changes" title={changes}>
            {changes}
          </code>
          <Button look="plain" onClick={clearHand}>
            Undo changes by hand
          </Button>
        </>
      )}
    </div>
  );
}
