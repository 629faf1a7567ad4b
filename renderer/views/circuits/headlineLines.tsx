/** On top: what the table says in words, what it is held against, and what was measured. */
import type { ReactElement } from 'react';
import type { CircuitHeader } from '../../../engine/results/circuitBench.ts';
import { measures } from '../../../engine/terms/measures.ts';
import { formatNumber } from '../../marks/format.ts';
import { sentence } from '../ablate/sentence.ts';
import { countOf } from '../ablate/sweepsWords.ts';
import { headlineOf, referenceWords } from './headline.ts';
import type { Judgement } from './judgements.ts';
import { bandsWords, publishedBands } from './publishedBands.ts';
import type { ShownCircuit } from './useShownCircuit.ts';

interface HeadlineProps {
  readonly shown: ShownCircuit;
  readonly judgements: readonly Judgement[];
}

export function Headline({ shown, judgements }: HeadlineProps): ReactElement {
  const { view, looks, reference } = shown;
  const ranked = view.header.nodes.length;
  const sentences = reference === null ? [] : headlineOf({ judgements, looks });
  return (
    <div className="circuits-headline" role="status">
      {sentences.map((words, i) => (
        <p key={words} className={i === 0 ? 'circuits-first' : undefined}>
          {words}
        </p>
      ))}
      <p className="sweeps-quiet">
        {[...(reference === null ? [] : [referenceWords({ reference, ranked })]), measuredWords(shown)].join(' ')}
      </p>
      <Published header={view.header} chosen={reference?.id ?? null} />
    </div>
  );
}

interface PublishedProps {
  readonly header: CircuitHeader;
  readonly chosen: string | null;
}

/** What others found, folded: its numbers stand beside the table's. */
function Published({ header, chosen }: PublishedProps): ReactElement | null {
  const words = bandsWords(header, chosen);
  if (words === null) return null;
  return (
    <details className="circuits-published sweeps-quiet">
      <summary>{words}</summary>
      <ul>
        {publishedBands(header, chosen).map(({ key, labels, isChosen, level, area, range, title }) => (
          <li key={key} data-chosen={isChosen}>
            {`${range}: ${area}; ${level}; against ${labels}; ${title}`}
          </li>
        ))}
      </ul>
    </details>
  );
}

function measuredWords({ view: { header, baseline } }: ShownCircuit): string {
  const { metricId, calibration, ends, outside, nodeSet } = header;
  const replaced = outside === 'mean' ? 'its mean over the prompts' : 'its value on the counterfactual prompt';
  return [
    `${sentence(measures[metricId].title)} on ${countOf(calibration.sequences, 'prompt')} of ${calibration.dataset}:`,
    `${formatNumber(ends.whole)} of the whole model, ${formatNumber(ends.empty)} with every node replaced by ${replaced}.`,
    nodeSet === 'heads' ? 'Nodes are heads; MLPs and the embedding are never replaced.' : 'Nodes are heads and MLPs.',
    ...(baseline === null || baseline.doesTask ? [] : ['The model does not do this task better than chance.']),
  ].join(' ');
}
