/** Under the matrix: what exactly the number is, what hatching and dots mean, and whether the scale is the fixed one. */
import type { ReactElement } from 'react';
import type { HeadMeasure } from '../../api/measuresOfRun.ts';
import { Button } from '../../parts/button.tsx';
import { captionOf } from './captionOf.ts';
import { useChangeSettings, useHeadsSettings } from './headsSettings.ts';
import { TagSelect } from './tagSelect.tsx';

export function MatrixKey({ measure }: { readonly measure: HeadMeasure | null }): ReactElement {
  return (
    <div className="heads-key">
      <p className="heads-caption">
        {measure === null ? 'Nothing is measured on this model yet.' : captionOf(measure)}
      </p>
      <span className="heads-sign">
        <span className="heads-hatch" />
        not measured
      </span>
      {measure?.signed === true && (
        <span className="heads-sign">
          <span className="heads-dot" />
          95 % interval excludes 0
        </span>
      )}
      {measure !== null && <TagSelect />}
      {measure !== null && <Unlock measure={measure} />}
    </div>
  );
}

function Unlock({ measure }: { readonly measure: HeadMeasure }): ReactElement {
  const change = useChangeSettings();
  const isUnlocked = useHeadsSettings(({ unlocked }) => unlocked === measure.id);
  return (
    <Button
      look="plain"
      className="heads-unlock"
      aria-pressed={isUnlocked}
      title={`${endWords(measure)} Unlocked it ends where the numbers end.`}
      onClick={() => change({ unlocked: isUnlocked ? null : measure.id })}
    >
      {isUnlocked ? 'Scale: range of the data' : measure.range === null ? 'Scale: round' : 'Scale: fixed'}
    </Button>
  );
}

/** A measure without ends of its own can't have a fixed scale: which one it has is said. */
function endWords({ range }: HeadMeasure): string {
  return range === null
    ? 'The scale ends at the next round number above the largest size: compare pictures by their legends.'
    : 'The scale of this measure is fixed, so that pictures can be compared.';
}
