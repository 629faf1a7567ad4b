/** Which heads or sets a sweep of sets takes: those that are chosen, those that are saved. */
import type { ReactElement } from 'react';
import { useSelection } from '../../api/hooks.ts';
import { headName } from '../../state/headNames.ts';
import { useSavedSets } from './sweepsSavedSets.ts';
import { countOf } from './sweepsWords.ts';

/** Names that fit a line. */
const NAMED = 6;

export function SweepsSources({ kind }: { readonly kind: 'pairs' | 'list' }): ReactElement {
  const set = useSelection((state) => state.set);
  const saved = useSavedSets();
  const names = kind === 'pairs' ? set.map(headName) : saved.map(({ name }) => name);
  const shown = names.length > NAMED ? [...names.slice(0, NAMED), '…'] : names;
  return (
    <span className="sweeps-sources" title={names.join(', ')}>
      {countOf(names.length, kind === 'pairs' ? 'head' : 'set')}
      <code>{shown.join(kind === 'pairs' ? ' ' : ', ')}</code>
    </span>
  );
}
