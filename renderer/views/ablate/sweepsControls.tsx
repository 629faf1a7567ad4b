/** What the next sweep removes, and how. */
import type { ReactElement } from 'react';
import type { HeadShape } from '../../marks/headShape.ts';
import type { SelectOption } from '../../parts/select.tsx';
import { Select } from '../../parts/select.tsx';
import { SweepsAblation } from './sweepsAblation.tsx';
import { SweepsGreedyFields } from './sweepsGreedyFields.tsx';
import { SweepsSources } from './sweepsSources.tsx';
import { SweepsStart } from './sweepsStart.tsx';
import type { SweepKind } from './sweepsSettings.ts';
import { useChangeSweeps, useSweeps } from './sweepsSettings.ts';
import { kindTitles } from './sweepsWords.ts';

const units: readonly SweepKind[] = ['head', 'kv-group', 'layer', 'mlp'];
const sets: readonly SweepKind[] = ['pairs', 'greedy', 'list'];

export function SweepsControls({ heads }: { readonly heads: HeadShape }): ReactElement {
  const kind = useSweeps((settings) => settings.kind);
  const change = useChangeSweeps();
  return (
    <div className="sweeps-controls">
      <Select<SweepKind>
        label="What is removed in turn"
        value={kind}
        options={kindOptions(heads)}
        onChange={(next) => change({ kind: next })}
      />
      <SweepsAblation />
      {kind === 'greedy' && <SweepsGreedyFields heads={heads} />}
      {(kind === 'pairs' || kind === 'list') && <SweepsSources kind={kind} />}
      <SweepsStart heads={heads} />
    </div>
  );
}

/** KV groups where heads share keys and values. */
function kindOptions({ heads, kvHeads }: HeadShape): readonly SelectOption<SweepKind>[] {
  const option = (group: string) => (value: SweepKind) => ({ value, title: kindTitles[value], group });
  const shown = units.filter((unit) => unit !== 'kv-group' || kvHeads < heads);
  return [...shown.map(option('One by one')), ...sets.map(option('Sets of heads'))];
}
