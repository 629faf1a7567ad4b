/** What the run of criteria says, in the forms of other tools. */
import type { ReactElement } from 'react';
import { useState } from 'react';
import type { RequestOf, ResultOf } from '../../../engine/results/contract.ts';
import { attempt } from '../../api/attempt.ts';
import { saveFile } from '../../api/saveFile.ts';
import { useWorkbench } from '../../api/workbench.ts';
import { Button } from '../../parts/button.tsx';
import { Section } from '../../parts/section.tsx';
import { criterionTitle } from './criteriaList.ts';
import { usePrune } from './pruneSettings.ts';
import { useImportance } from './useImportance.ts';

type Format = RequestOf<'export'>['format'];

const forms: readonly { readonly format: Format; readonly title: string; readonly isList?: true }[] = [
  { format: 'heads.json', title: 'heads.json' },
  { format: 'csv', title: 'CSV' },
  { format: 'parquet', title: 'Parquet' },
  { format: 'hf-heads', title: 'Hugging Face {layer: [heads]}', isList: true },
  { format: 'head-mask', title: 'head_mask.npy', isList: true },
];

export function WriteLists(): ReactElement {
  const { run } = useImportance();
  const criterion = usePrune((settings) => settings.criterion);
  const position = usePrune((settings) => settings.position);
  const [notes, setNotes] = useState<readonly string[]>([]);
  const workbench = useWorkbench();
  const save = (format: Format, isList: boolean) =>
    attempt(workbench, async () => {
      if (run === null) return;
      const request = { run, format, ...(isList ? { metric: criterion, remove: position } : {}) };
      const file = await (workbench.client.export(request) as Promise<ResultOf<'export'>>);
      setNotes(file.notes);
      await saveFile(file);
    });
  return (
    <Section title="Other tools’ files" aside="of the run of criteria">
      <p className="sweeps-quiet">
        {`Lists hold the ${position} units that ${criterionTitle(criterion)} holds least worth keeping; they know nothing of what is protected.`}
      </p>
      <div className="prune-pair">
        {forms.map(({ format, title, isList = false }) => (
          <Button key={format} icon="download" disabled={run === null} onClick={() => save(format, isList)}>
            {title}
          </Button>
        ))}
      </div>
      {notes.map((note) => (
        <p key={note} className="sweeps-quiet">
          {note}
        </p>
      ))}
    </Section>
  );
}
