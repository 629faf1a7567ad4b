/** The most likely next tokens after the chosen position. */
import type { ReactElement } from 'react';
import { useSelection, useWorkspace } from '../../api/hooks.ts';
import { usePrediction } from '../../api/queries.ts';
import { Panel } from '../../parts/panel.tsx';
import { Segments } from '../../parts/segments.tsx';
import { ErrorState, Loading } from '../../parts/states.tsx';
import { tokenLabel } from '../../marks/tokens/displayToken.ts';
import { FacePicker } from './facePicker.tsx';
import { markToken } from './markToken.ts';
import type { NextRow } from './nextRows.ts';
import { nextCsv, nextRows } from './nextRows.ts';
import { NextTable } from './nextTable.tsx';
import { useChangePrompts, usePromptsSettings } from './promptsSettings.ts';
import { positionIn, TargetStrip } from './targetStrip.tsx';
import type { Target } from './useTarget.ts';

const tops = ['10', '20', '50'] as const;

export function NextFace({ target }: { readonly target: Target }): ReactElement {
  const top = usePromptsSettings((settings) => settings.top);
  const mode = usePromptsSettings((settings) => settings.mode);
  const change = useChangePrompts();
  const query = useSelection((state) => state.query);
  const position = positionIn(target, query);
  const model = useWorkspace((state) => state.model);
  const ids = target.ids.slice(0, position + 1);
  const { data, error, refetch, isPlaceholderData } = usePrediction(
    model === null ? null : { ...model, prompt: { ids }, top },
  );
  const rows: readonly NextRow[] = data === undefined ? [] : nextRows(data.before, target);
  const token = target.tokens[position];
  return (
    <Panel
      title="Predictions"
      controls={
        <>
          <FacePicker />
          <Segments
            label="How many tokens"
            value={`${top}` as (typeof tops)[number]}
            options={tops.map((value) => ({ value, title: `top ${value}` }))}
            onChange={(value) => change({ top: Number(value) })}
          />
        </>
      }
      caption={`${target.name}, after position ${position} ${token === undefined ? '' : tokenLabel(markToken(token))}; one prompt is an example`}
      exports={{ name: 'next-tokens', csv: () => nextCsv(rows) }}
    >
      <div className="face">
        {mode === 'set' && <TargetStrip target={target} />}
        <div className="face-body" data-stale={isPlaceholderData}>
          {error !== null && <ErrorState error={error} onRetry={() => void refetch()} />}
          {error === null && data === undefined && <Loading what="Predicting" />}
          {error === null && data !== undefined && <NextTable rows={rows} />}
        </div>
      </div>
    </Panel>
  );
}
