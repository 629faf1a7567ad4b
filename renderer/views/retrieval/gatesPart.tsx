/** DuoAttention: a gate for every KV head, trained on this model, and how the training goes. */
import type { ReactElement } from 'react';
import { Empty } from '../../parts/states.tsx';
import { GateCurves } from './gateCurves.tsx';
import { GateFields } from './gateFields.tsx';
import { GatePanel } from './gatePanel.tsx';
import { gateRows } from './gateRows.ts';
import { gateChoice } from './gateSchedules.ts';
import type { StreamingPartProps } from './streamingPartProps.ts';
import { planGates } from './streamingJobs.ts';
import { StreamingResult } from './streamingResult.tsx';
import { useStreaming } from './streamingSettings.ts';
import { StreamingStart } from './streamingStart.tsx';

export function GatesPart({ model, context }: StreamingPartProps): ReactElement {
  const [{ run, schedule, changes }, change] = useStreaming('gates');
  const choice = gateChoice(schedule, changes, context);
  return (
    <div className="retrieval-bench">
      <div className="retrieval-form">
        <GateFields choice={choice} />
        <StreamingStart
          plan={planGates(choice, model, context)}
          context={context}
          onStarted={(started) => change({ run: started })}
        />
      </div>
      <StreamingResult
        call="duo"
        chosen={run}
        onChoose={(next) => change({ run: next })}
        empty={
          <Empty title="No gates are trained yet">
            A gate of 1 is full attention, of 0 streaming. They are trained so that answers to passkey questions stay as
            they are, with a penalty on each gate; the model’s weights stay untouched. A training that is paused or
            interrupted goes on where it was.
          </Empty>
        }
      >
        {({ table }) => {
          const rows = gateRows(table);
          if (rows === null) return null;
          return (
            <div className="retrieval-masked">
              <GateCurves rows={rows} />
              <GatePanel rows={rows} />
            </div>
          );
        }}
      </StreamingResult>
    </div>
  );
}
