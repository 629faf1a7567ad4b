/** RazorAttention's two scores of KV heads and kvpress' prior: what is read, and what came of it. */
import type { ReactElement } from 'react';
import type { RunView } from '../../api/runStore.ts';
import { Empty } from '../../parts/states.tsx';
import { ProbeFields } from './probeFields.tsx';
import { ProbeMatrices } from './probeMatrices.tsx';
import { probeRows, readKept } from './probeRows.ts';
import { ProbeTable } from './probeTable.tsx';
import type { StreamingPartProps } from './streamingPartProps.ts';
import { planProbe } from './streamingJobs.ts';
import { StreamingResult } from './streamingResult.tsx';
import { useStreaming } from './streamingSettings.ts';
import { StreamingStart } from './streamingStart.tsx';

export function ProbePart({ model, context }: StreamingPartProps): ReactElement {
  const [settings, change] = useStreaming('probe');
  return (
    <div className="retrieval-bench">
      <div className="retrieval-form">
        <ProbeFields />
        <StreamingStart
          plan={planProbe(settings, model, context)}
          context={context}
          onStarted={(run) => change({ run })}
        />
      </div>
      <StreamingResult
        call="streamingHeads"
        chosen={settings.run}
        onChoose={(run) => change({ run })}
        empty={
          <Empty title="No KV head is told apart yet">
            Random tokens that come four times show which heads look back at them, and texts where a head would look if
            all keys were alike.
          </Empty>
        }
      >
        {probeResult}
      </StreamingResult>
    </div>
  );
}

function probeResult({ table, record }: RunView): ReactElement | null {
  const rows = probeRows(table);
  const kept = readKept(record?.result);
  if (rows === null) return null;
  return (
    <div className="retrieval-masked">
      <ProbeMatrices rows={rows} kept={kept} />
      <ProbeTable rows={rows} kept={kept} />
    </div>
  );
}
