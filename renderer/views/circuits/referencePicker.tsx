/** What methods are held against, and the method that is looked at. */
import type { ReactElement } from 'react';
import { Select } from '../../parts/select.tsx';
import { useChangeCircuits } from './circuitsSettings.ts';
import { roleTitles } from './methodLooks.ts';
import { referenceTitle } from './referenceTitle.ts';
import type { ShownCircuit } from './useShownCircuit.ts';

export function ReferencePicker({ view, looks, reference, method }: ShownCircuit): ReactElement {
  const change = useChangeCircuits();
  const { references, nodes } = view.header;
  return (
    <>
      {reference !== null && (
        <Select
          label="Reference"
          value={reference.id}
          options={references.map((one) => ({
            ...{ value: one.id, title: referenceTitle(one), detail: `${one.nodes.length} of ${nodes.length} nodes` },
          }))}
          onChange={(next) => change({ reference: next })}
        />
      )}
      {method !== null && (
        <Select
          label="Method"
          value={method.id}
          options={looks.map(({ id, title, role }) => ({ value: id, title, group: roleTitles[role] }))}
          onChange={(next) => change({ method: next })}
        />
      )}
    </>
  );
}
