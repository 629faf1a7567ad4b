/** In the inspector: the run that is looked at. */
import type { ReactElement } from 'react';
import { useRun, useWorkspace } from '../../api/hooks.ts';
import { useWorkbench } from '../../api/workbench.ts';
import { formatDuration } from '../../marks/format.ts';
import { Button } from '../../parts/button.tsx';
import { Section } from '../../parts/section.tsx';
import { KeyValues } from './keyValues.tsx';
import { StateWord } from './runState.tsx';
import { callTitles, promptsWords, timeWords } from './runWords.ts';

export function RunsInspector(): ReactElement | null {
  const id = useWorkspace((state) => state.run);
  return id === null ? null : <ChosenRun id={id} />;
}

function ChosenRun({ id }: { readonly id: string }): ReactElement | null {
  const { workspace } = useWorkbench();
  const isShown = useWorkspace(({ panes }) => panes.includes('runs'));
  const run = useRun(id)?.summary ?? null;
  if (run === null) return null;
  return (
    <Section title="Run" aside={callTitles[run.call]}>
      <p className="runs-named">{run.title}</p>
      <KeyValues
        lines={[
          { name: 'State', value: <StateWord run={run} /> },
          ...(run.model === null ? [] : [{ name: 'Model', value: run.model.name }]),
          ...(run.prompts === null ? [] : [{ name: 'Prompts, n', value: promptsWords(run) }]),
          { name: 'Begun', value: timeWords(run.created) },
          { name: 'Took', value: formatDuration(run.seconds) },
          ...(run.tags.length === 0 ? [] : [{ name: 'Tags', value: run.tags.join(', ') }]),
        ]}
      />
      {!isShown && (
        <Button look="plain" icon="runs" onClick={() => workspace.goTo('runs')}>
          Open in Runs
        </Button>
      )}
    </Section>
  );
}
