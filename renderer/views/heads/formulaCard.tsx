/** What a measure is: in words, as a formula, on what, and where it comes from. */
import type { ReactElement } from 'react';
import { useRun } from '../../api/hooks.ts';
import type { HeadMeasure } from '../../api/measuresOfRun.ts';
import type { RunTable } from '../../api/runTables.ts';
import { Section } from '../../parts/section.tsx';

const kinds: Readonly<Record<HeadMeasure['call'], string>> = {
  ablate: 'Exact effect: the model was run without it.',
  attribute: 'Estimate from gradients: check the heads that matter with an ablation.',
  scores: 'Behaviour: what the head does, not how much depends on it.',
  imported: 'Imported: another tool measured it, nothing was run here.',
};

export function FormulaCard({ measure }: { readonly measure: HeadMeasure }): ReactElement {
  const table = useRun(measure.run)?.table ?? null;
  const { title, about, formula, unit, dataset, n, call } = measure;
  const source = table === null ? null : sourceOf(table, measure);
  return (
    <Section title="What is measured" aside={unit === '' ? undefined : unit}>
      <div className="heads-card">
        <p>
          <strong>{title}</strong>
        </p>
        <p>{about}</p>
        <p className="heads-formula">{formula}</p>
        <p className="heads-quiet">{`${dataset}, n ${n}; intervals: 95 %, over prompts.`}</p>
        <p className="heads-quiet">{kinds[call]}</p>
        {source !== null && source !== '' && <p className="heads-quiet">{source}</p>}
      </div>
    </Section>
  );
}

/** Where each way of estimating was published. */
const papers = {
  atp: 'Attribution patching: Nanda 2023; Kramár et al. 2024',
  integrated: 'Integrated gradients: Sundararajan et al. 2017; Hanna et al. 2024',
  taylor: 'Taylor magnitude of a gate: Michel et al. 2019',
  gradxact: 'Gradient times activation: first order of zero ablation',
} as const;

function sourceOf(table: RunTable, { id, run }: HeadMeasure): string | null {
  if (table.kind === 'attribute') return papers[table.header.settings.method];
  if (table.kind !== 'scores') return null;
  return table.header.scores.find((score) => `${run}/${score.id}` === id)?.source ?? null;
}
