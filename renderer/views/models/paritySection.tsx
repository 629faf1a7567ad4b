/** How close the family is to where its models come from, and this model, on demand, to its graphs in float64. */
import type { ReactElement } from 'react';
import type { ResultOf } from '../../../engine/results/contract.ts';
import { worstOfSites } from '../../../engine/results/parity.ts';
import type { ParityPlace } from '../../../engine/results/parity.ts';
import { useWatch } from '../../api/hooks.ts';
import type { ParityCheck } from '../../api/parityCheck.ts';
import { useParityCheck } from '../../api/parityCheck.ts';
import { formatNumber } from '../../marks/format.ts';
import { ProgressBar } from '../../marks/progressBar.tsx';
import { Button } from '../../parts/button.tsx';
import { formatDifference, parityAbout, verifiedAbout } from '../../shell/parityWords.ts';

interface ParitySectionProps {
  readonly path: string;
  readonly info: ResultOf<'info'>;
}

export function ParitySection({ path, info }: ParitySectionProps): ReactElement {
  const isResident = useWatch(({ resident }) => resident?.model.fingerprint === info.fingerprint);
  const check = useParityCheck(path, info.fingerprint);
  const isRunning = check.status === 'loading' || check.status === 'partial';
  return (
    <>
      <p>{parityAbout(info)}</p>
      {isRunning && <Comparing check={check} />}
      {check.status === 'error' && check.error !== null && <p className="models-warn">{check.error.message}</p>}
      {check.status === 'cancelled' && <p className="models-quiet">The comparison was cancelled.</p>}
      {check.result !== null && <Verdict result={check.result} held={check.value.model?.weights ?? ''} />}
      {!check.stale && check.value.places.length > 0 && <SiteTable places={check.value.places} />}
      {!isRunning && isResident && (
        <p>
          <Button onClick={check.start}>{check.result === null ? 'Verify now' : 'Verify once more'}</Button>
        </p>
      )}
      {!isResident && (
        <p className="models-quiet">
          Once it is open, this model can be compared with a float64 reference on a short prompt.
        </p>
      )}
    </>
  );
}

function Comparing({ check }: { readonly check: ParityCheck }): ReactElement {
  const { done, total } = check.value.progress ?? { done: 0, total: null };
  return (
    <>
      <p className="models-quiet">
        Comparing four tokens, layer by layer: about 10 ns of one core for each weight and token
      </p>
      <div className="models-opening">
        <ProgressBar label="Comparing with the float64 reference" done={done} total={total} />
        <Button onClick={check.cancel}>Cancel</Button>
      </div>
    </>
  );
}

const heldAs: Readonly<Record<string, string>> = {
  float32: 'held as float32',
  quantised: 'kept quantised',
  mapped: 'left in its file',
};

function Verdict({ result, held }: { readonly result: ResultOf<'parity'>; readonly held: string }): ReactElement {
  return (
    <p className={result.verdict === 'agrees' ? 'models-good' : 'models-warn'} role="status">
      {`${verifiedAbout(result)} The model was ${heldAs[held] ?? 'held'} then.`}
    </p>
  );
}

/** Each site where it is relatively farthest off. */
function SiteTable({ places }: { readonly places: readonly ParityPlace[] }): ReactElement {
  return (
    <table className="models-storage models-parity">
      <thead>
        <tr>
          <th>site</th>
          <th>worst layer</th>
          <th>difference</th>
          <th>largest value</th>
          <th>agrees up to</th>
        </tr>
      </thead>
      <tbody>
        {worstOfSites(places).map(({ site, layer, difference, magnitude, bound }) => (
          <tr key={site} className={difference <= bound ? undefined : 'models-warn'}>
            <td>{site}</td>
            <td>{layer === null ? '' : `L${layer}`}</td>
            <td>{formatDifference(difference)}</td>
            <td>{formatNumber(magnitude)}</td>
            <td>{formatDifference(bound)}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
