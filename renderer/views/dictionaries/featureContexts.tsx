/** Where a feature is active: its strongest contexts, then some of each quarter of its activation. */
import type { ReactElement } from 'react';
import type { FeatureCard, FeatureContext } from '../../../engine/results/dictionaryFeatures.ts';
import { formatNumber } from '../../marks/format.ts';
import { Empty } from '../../parts/states.tsx';
import { ContextText } from './contextText.tsx';

const groups: readonly FeatureContext['group'][] = [
  'strongest',
  '75 to 100 %',
  '50 to 75 %',
  '25 to 50 %',
  '0 to 25 %',
];

export function FeatureContexts({ found }: { readonly found: FeatureCard }): ReactElement {
  const { contexts, activity } = found;
  if (contexts.length === 0) {
    return (
      <Empty title="It is never active">
        {activity === null
          ? 'On the text that was read.'
          : `On none of ${formatNumber(activity.rows)} rows that were read.`}
      </Empty>
    );
  }
  const largest = activity?.largest ?? Math.max(...contexts.map(({ values, at }) => values[at] ?? 0));
  return (
    <div className="dict-contexts">
      {groups.map((group) => (
        <ContextGroup
          key={group}
          group={group}
          largest={largest}
          contexts={contexts.filter((one) => one.group === group)}
        />
      ))}
    </div>
  );
}

interface ContextGroupProps {
  readonly group: FeatureContext['group'];
  readonly contexts: readonly FeatureContext[];
  readonly largest: number;
}

function ContextGroup({ group, contexts, largest }: ContextGroupProps): ReactElement | null {
  if (contexts.length === 0) return null;
  const title = group === 'strongest' ? 'Strongest' : `Drawn from ${group} of the largest activation`;
  return (
    <section aria-label={title}>
      <h3 className="dict-heading">{title}</h3>
      <ul className="dict-context-list">
        {contexts.map((context, i) => (
          <ContextText key={i} {...{ context, largest }} />
        ))}
      </ul>
    </section>
  );
}
