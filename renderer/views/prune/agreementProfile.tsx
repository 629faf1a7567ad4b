/** Which layers each criterion holds worth keeping. */
import type { ReactElement } from 'react';
import type { ResultOf } from '../../../engine/results/contract.ts';
import { FitBox } from '../../marks/fitBox.tsx';
import { LineChart } from '../../marks/lineChart.tsx';
import { Section } from '../../parts/section.tsx';
import type { ImportanceView } from '../../api/importanceFold.ts';
import { usePrune } from './pruneSettings.ts';
import { shownPair } from './agreementPair.tsx';

interface AgreementProfileProps {
  readonly result: ResultOf<'importance'>;
  readonly view: ImportanceView;
}

export function AgreementProfile({ result, view }: AgreementProfileProps): ReactElement {
  const chosen = usePrune((settings) => settings.pair);
  const pair = shownPair(view, chosen);
  const shown = result.profiles.filter(({ criterion }) => criterion === 'random' || pair.includes(criterion));
  const series = shown.map(({ criterion, byLayer }) => ({
    ...{ name: criterion, x: [...byLayer.keys()], y: byLayer },
    ...(criterion === 'random' ? { control: true } : {}),
  }));
  return (
    <Section title="By layer" aside="mean rank as a share, 1 most worth keeping">
      <div className="prune-half">
        <FitBox>
          {(size) => (
            <LineChart
              {...size}
              {...{ series }}
              title="Mean rank of the layer’s units"
              xTitle="layer"
              yDomain={[0, 1]}
              wholeX
              label="Mean rank by layer"
            />
          )}
        </FitBox>
      </div>
    </Section>
  );
}
