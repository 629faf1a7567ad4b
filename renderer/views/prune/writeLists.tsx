/** What the run of criteria says of every unit, as files. */
import type { ReactElement } from 'react';
import { useState } from 'react';
import type { RequestOf, ResultOf } from '../../../engine/results/contract.ts';
import { attempt } from '../../api/attempt.ts';
import { saveFile } from '../../api/saveFile.ts';
import { useWorkbench } from '../../api/workbench.ts';
import { Button } from '../../parts/button.tsx';
import { Section } from '../../parts/section.tsx';
import { useImportance } from './useImportance.ts';

type Format = RequestOf<'export'>['format'];

const forms: readonly { readonly format: Format; readonly title: string }[] = [
  { format: 'heads.json', title: 'heads.json' },
  { format: 'csv', title: 'CSV' },
  { format: 'parquet', title: 'Parquet' },
];

export function WriteLists(): ReactElement {
  const { run } = useImportance();
  const [notes, setNotes] = useState<readonly string[]>([]);
  const workbench = useWorkbench();
  const save = (format: Format) =>
    attempt(workbench, async () => {
      if (run === null) return;
      const file = await (workbench.client.export({ run, format }) as Promise<ResultOf<'export'>>);
      setNotes(file.notes);
      await saveFile(file);
    });
  return (
    <Section title="Numbers" aside="of the run of criteria">
      <p className="sweeps-quiet">Every criterion of every unit, nothing chosen.</p>
      <div className="prune-pair">
        {forms.map(({ format, title }) => (
          <Button key={format} icon="download" disabled={run === null} onClick={() => save(format)}>
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
