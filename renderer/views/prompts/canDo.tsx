/** Can this model do this task? Measured as soon as it is looked at; may be stopped. */
import type { ReactElement } from 'react';
import type { Baseline } from '../../../engine/results/taskReport.ts';
import { measures } from '../../../engine/terms/measures.ts';
import { useTaskReport } from '../../api/taskReport.ts';
import { decimalsFor, formatFixed, formatHalfWidth } from '../../marks/format.ts';
import { ProgressBar } from '../../marks/progressBar.tsx';
import { Button } from '../../parts/button.tsx';
import { Tooltip } from '../../parts/tooltip.tsx';

export function CanDo(): ReactElement | null {
  const { status, value, result, error, cancel, again } = useTaskReport();
  if (status === 'idle') return null;
  if (status === 'error')
    return (
      <span className="prompts-bad" role="alert">
        {error?.message}
      </span>
    );
  if (status === 'cancelled')
    return (
      <span className="prompts-cando">
        <span className="prompts-quiet">measuring was stopped</span>
        <Button onClick={again}>Measure</Button>
      </span>
    );
  if (result === null)
    return (
      <span className="prompts-cando">
        <span className="prompts-progress">
          <ProgressBar label="Measuring the task" done={value?.done ?? 0} total={value?.total ?? null} />
        </span>
        <Button look="plain" onClick={cancel}>
          Stop
        </Button>
      </span>
    );
  return (
    <span className="prompts-cando">
      <Verdict baseline={result.baseline} />
      {result.notes.length + result.remaining.length > 0 && (
        <Tooltip text={noteText(result)}>
          <button type="button" className="prompts-hint">
            {`${result.notes.length + result.remaining.length} notes`}
          </button>
        </Tooltip>
      )}
    </span>
  );
}

function Verdict({ baseline }: { readonly baseline: Baseline }): ReactElement {
  const { metric, metricId, accuracy, doesTask } = baseline;
  const decimals = decimalsFor(metric.mean);
  const [low, high] = metric.interval;
  const value = `${formatFixed(metric.mean, decimals)} ${formatHalfWidth((high - low) / 2, decimals)}`;
  const right = `${Math.round(accuracy.mean * accuracy.n)}/${accuracy.n} right`;
  return (
    <>
      <span className="prompts-badge" data-does={doesTask}>
        {doesTask ? 'does the task' : 'at chance'}
      </span>
      <span title="mean over the clean prompts and half its 95 % interval">{`${measures[metricId].title} ${value}, ${right}`}</span>
    </>
  );
}

function noteText({
  notes,
  remaining,
}: {
  readonly notes: readonly string[];
  readonly remaining: readonly { readonly words: string; readonly kept: number; readonly of: number }[];
}): ReactElement {
  return (
    <>
      {remaining.map(({ words, kept, of }) => (
        <div key={words}>{`${words}: ${kept} of ${of} are one token`}</div>
      ))}
      {notes.map((note) => (
        <div key={note}>{note}</div>
      ))}
    </>
  );
}
