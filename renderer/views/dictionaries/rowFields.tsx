/** The text whose tokens become rows: stories of the program's own, the user's files, or the chosen prompts. */
import type { ReactElement } from 'react';
import { useRef } from 'react';
import { attempt } from '../../api/attempt.ts';
import { promptsName } from '../../api/jobs.ts';
import { useWorkbench } from '../../api/workbench.ts';
import { formatNumber } from '../../marks/format.ts';
import { Button } from '../../parts/button.tsx';
import { Segments } from '../../parts/segments.tsx';
import { documentsOf } from '../prune/calibrationFiles.ts';
import { NumberField } from '../prune/numberField.tsx';
import { proposedWork } from './proposedWork.ts';
import { useTrain } from './dictionariesSettings.ts';
import type { TrainScene } from './trainPlan.ts';

const sources = [
  { value: 'text', title: 'Plain text' },
  { value: 'prompts', title: 'Prompts' },
] as const;

export function RowFields({ scene }: { readonly scene: TrainScene }): ReactElement {
  const [{ source, windows, length }, change] = useTrain();
  const { context } = scene.shape;
  return (
    <div className="form">
      <Segments label="Text" value={source} options={sources} onChange={(next) => change({ source: next })} />
      {source === 'prompts' ? (
        <p className="sweeps-quiet">
          {scene.prompts === null
            ? 'No prompts are chosen.'
            : `The tokens of ${promptsName(scene.prompts)}, as chosen above.`}
        </p>
      ) : (
        <>
          <FileField />
          <div className="dict-line">
            <NumberField
              words="windows"
              whole
              value={windows ?? proposedWork(scene.shape).windows}
              min={1}
              max={10_000}
              onChange={(n) => change({ windows: n })}
            />
            <NumberField
              words="tokens each"
              whole
              value={Math.min(length, context)}
              min={2}
              max={context}
              onChange={(n) => change({ length: n })}
            />
          </div>
        </>
      )}
    </div>
  );
}

function FileField(): ReactElement {
  const [{ documents }, change] = useTrain();
  const workbench = useWorkbench();
  const picker = useRef<HTMLInputElement>(null);
  const take = (files: readonly File[]) =>
    attempt(workbench, async () => {
      if (files.length > 0) change({ documents: await documentsOf(files.map(asText)) });
    });
  const count = documents === null ? 1 : documents.documents.length;
  const name = `${documents?.name ?? 'stories of the program’s own'}${count === 1 ? '' : `, ${formatNumber(count)} documents`}`;
  return (
    <div className="dict-line">
      <span className="dict-file" title={name}>
        {name}
      </span>
      <input
        ref={picker}
        type="file"
        hidden
        multiple
        accept=".txt,.md,.jsonl,.parquet"
        aria-label="Files of text to train on"
        onChange={(event) => take([...(event.target.files ?? [])])}
      />
      <Button onClick={() => picker.current?.click()} title=".txt, .md, .jsonl or .parquet with a column text">
        Own files
      </Button>
      {documents !== null && (
        <Button look="plain" onClick={() => change({ documents: null })}>
          Stories
        </Button>
      )}
    </div>
  );
}

function asText(file: File): Parameters<typeof documentsOf>[0][number] {
  return { name: file.name, text: () => file.text(), bytes: () => file.arrayBuffer() };
}
