/** The text that everything in this place is measured on: stories of the program's own, or the user's files. */
import type { ReactElement } from 'react';
import { useRef } from 'react';
import { attempt } from '../../api/attempt.ts';
import { useWorkbench } from '../../api/workbench.ts';
import { formatNumber } from '../../marks/format.ts';
import { Button } from '../../parts/button.tsx';
import { NumberField } from './numberField.tsx';
import type { TextFile } from './calibrationFiles.ts';
import { documentsOf } from './calibrationFiles.ts';
import { useChangePrune, usePrune } from './pruneSettings.ts';

export function TextFields({ context }: { readonly context: number }): ReactElement {
  const { windows, length } = usePrune((settings) => settings);
  const change = useChangePrune();
  return (
    <fieldset className="prune-group">
      <legend>Text</legend>
      <SourceField />
      <div className="prune-pair">
        <NumberField
          words="windows"
          whole
          value={windows}
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
    </fieldset>
  );
}

function SourceField(): ReactElement {
  const documents = usePrune((settings) => settings.documents);
  const change = useChangePrune();
  const workbench = useWorkbench();
  const picker = useRef<HTMLInputElement>(null);
  const take = (files: readonly File[]) =>
    attempt(workbench, async () => {
      if (files.length > 0) change({ documents: await documentsOf(files.map(asText)) });
    });
  const name = documents?.name ?? 'stories of the program’s own';
  const count = documents === null ? '' : countWords(documents.documents.length);
  return (
    <div className="prune-source">
      <span className="prune-file" title={name}>{`${name}${count}`}</span>
      <input
        ref={picker}
        type="file"
        hidden
        multiple
        accept=".txt,.md,.jsonl,.parquet"
        aria-label="Files of text"
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

function countWords(documents: number): string {
  return documents === 1 ? '' : `, ${formatNumber(documents)} documents`;
}

function asText(file: File): TextFile {
  return { name: file.name, text: () => file.text(), bytes: () => file.arrayBuffer() };
}
