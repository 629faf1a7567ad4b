/** What was read from a file, in place of a formula; and the way to take it out again. */
import type { ReactElement } from 'react';
import type { HeadMeasure } from '../../api/measuresOfRun.ts';
import { useWorkbench } from '../../api/workbench.ts';
import { Button } from '../../parts/button.tsx';
import { Section } from '../../parts/section.tsx';

export function ImportedCard({ measure }: { readonly measure: HeadMeasure }): ReactElement {
  const { measures, workspace } = useWorkbench();
  const remove = () => {
    measures.removeImported(measure.run);
    workspace.set({ measure: measures.list()[0]?.id ?? null });
  };
  return (
    <Section title="What is shown" aside="imported">
      <div className="heads-card">
        <p>
          <strong>{measure.formula}</strong>
        </p>
        <p>{measure.about}</p>
        <p className="heads-quiet">
          Another tool measured it: nothing was run here. It stays until this window is closed or reloaded.
        </p>
        <Button onClick={remove}>{`Take ${measure.dataset} out`}</Button>
      </div>
    </Section>
  );
}
