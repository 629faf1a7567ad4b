/** What is lost when KV heads stream, as gates, RazorAttention or the prior choose them, against random choices. */
import type { ReactElement } from 'react';
import { useRun } from '../../api/hooks.ts';
import { Empty } from '../../parts/states.tsx';
import { shownOf, useCallRuns } from './callRuns.ts';
import { gateRows } from './gateRows.ts';
import { gateChoice } from './gateSchedules.ts';
import { probeRows, readKept } from './probeRows.ts';
import { QualityChoice } from './qualityChoice.tsx';
import { QualityCurves } from './qualityCurves.tsx';
import { QualityFields } from './qualityFields.tsx';
import { qualityRows } from './qualityRows.ts';
import type { RankingSources } from './qualityRankings.ts';
import type { StreamingPartProps } from './streamingPartProps.ts';
import { planQuality } from './streamingJobs.ts';
import { StreamingResult } from './streamingResult.tsx';
import { useStreaming } from './streamingSettings.ts';
import { StreamingStart } from './streamingStart.tsx';

export function QualityPart({ model, context }: StreamingPartProps): ReactElement {
  const [settings, change] = useStreaming('quality');
  const sources = useSources();
  const choice = useWindow(sources, context);
  return (
    <div className="retrieval-bench">
      <div className="retrieval-form">
        <QualityFields {...{ sources, choice }} />
        <StreamingStart
          plan={planQuality(settings, model, { ...sources, choice, context })}
          context={context}
          onStarted={(run) => change({ run, shown: null })}
        />
      </div>
      <StreamingResult
        call="duoQuality"
        chosen={settings.run}
        onChoose={(run) => change({ run, shown: null })}
        empty={
          <Empty title="Nothing is measured yet">
            KV heads stream from the lowest of a ranking up. If passkeys are still answered where random choices lose
            them, the ranking knows which heads carry them.
          </Empty>
        }
      >
        {({ table }) => {
          const rows = qualityRows(table);
          if (rows === null) return null;
          return (
            <div className="retrieval-masked" data-charts="3">
              <QualityCurves rows={rows} />
              <QualityChoice rows={rows} />
            </div>
          );
        }}
      </StreamingResult>
    </div>
  );
}

/** The training and the probe that are looked at in the other parts. */
function useSources(): RankingSources {
  const [gates] = useStreaming('gates');
  const [probe] = useStreaming('probe');
  const trained = useRun(shownOf(useCallRuns('duo').list, gates.run));
  const probed = useRun(shownOf(useCallRuns('streamingHeads').list, probe.run));
  return {
    gates: gateRows(trained?.table ?? null),
    probe: probeRows(probed?.table ?? null),
    kept: readKept(probed?.record?.result),
  };
}

/** As the gates were trained; without any, as they would be. */
function useWindow({ gates }: RankingSources, context: number) {
  const [{ schedule, changes }] = useStreaming('gates');
  return gates?.header.settings ?? gateChoice(schedule, changes, context);
}
