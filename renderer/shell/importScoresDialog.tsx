/** What a file of another tool says of heads, what does not fit the model that is open, and whether to show it. */
import type { ReactElement } from 'react';
import { useState } from 'react';
import { importedMeasures, kindWords } from '../api/importedMeasures.ts';
import { useModelInfo } from '../api/hooks.ts';
import type { Workbench } from '../api/workbench.ts';
import { useWorkbench } from '../api/workbench.ts';
import { formatNumber } from '../marks/format.ts';
import { Button } from '../parts/button.tsx';
import { Dialog } from '../parts/dialog.tsx';
import { Field } from '../parts/field.tsx';
import { Segments } from '../parts/segments.tsx';
import { Select } from '../parts/select.tsx';
import { Empty, ErrorState, Loading } from '../parts/states.tsx';
import './importScoresDialog.css';
import type { ScoreFiles } from './scoreFiles.ts';
import type { Reading, ReadScores } from './useReadScores.ts';
import { useReadScores } from './useReadScores.ts';

type Read = NonNullable<ReadScores['read']>;
type Info = NonNullable<ReturnType<typeof useModelInfo>>;

export function ImportScoresDialog({ source }: { readonly source: ScoreFiles }): ReactElement {
  const workbench = useWorkbench();
  const info = useModelInfo();
  const [reading, setReading] = useState<Reading>({ format: null, countsFrom: 0 });
  const { read, error } = useReadScores(source, reading);
  const { close } = workbench.dialogs;
  const show = () => (read === null || info === null ? undefined : addMeasures(workbench, source.name, read, info));
  return (
    <Dialog
      isOpen
      onClose={close}
      shape="wide"
      title="Import scores of heads"
      about={info === null ? source.name : `${source.name}, checked against ${info.name}`}
      actions={
        <>
          <Button onClick={close}>Cancel</Button>
          <Button look="primary" disabled={read === null || info === null} onClick={show}>
            Show in Heads
          </Button>
        </>
      }
    >
      {info === null ? (
        <Empty title="No model is open">A file is checked against the model whose heads it says something of.</Empty>
      ) : (
        <div className="importing">
          <Content read={read} error={error} />
          <ReadingFields reading={reading} onChange={setReading} />
        </div>
      )}
    </Dialog>
  );
}

function addMeasures(workbench: Workbench, name: string, read: Read, info: Info): void {
  const { measures, workspace, dialogs } = workbench;
  const added = measures.addImported(info.fingerprint, (id) => importedMeasures({ id, name, read }, info));
  workspace.set({ measure: added[0]?.id ?? null });
  workspace.goTo('heads');
  dialogs.close();
}

function Content({ read, error }: ReadScores): ReactElement {
  if (error !== null) {
    const advice =
      'Nothing was shown or changed. Where the file does not say how it is meant, say it below; else change the file.';
    return <ErrorState error={error} advice={advice} />;
  }
  if (read === null) return <Loading what="Reading the file" />;
  return (
    <>
      <p className="importing-form">{read.title}</p>
      <Tables read={read} />
      {read.mismatches.length > 0 && (
        <ul className="importing-doubts" aria-label="What may not fit">
          {read.mismatches.map((line) => (
            <li key={line}>{line}</li>
          ))}
        </ul>
      )}
      {read.notes.length > 0 && (
        <ul className="importing-notes" aria-label="How it was read">
          {read.notes.map((line) => (
            <li key={line}>{line}</li>
          ))}
        </ul>
      )}
    </>
  );
}

function Tables({ read }: { readonly read: Read }): ReactElement {
  return (
    <table className="importing-tables">
      <thead>
        <tr>
          {['Numbers', 'What they are', 'Of', 'Known', 'From', 'To'].map((name) => (
            <th key={name} scope="col">
              {name}
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {read.tables.map(({ id, title, kind, unit, values }) => {
          const numbers = values.filter(Number.isFinite).toSorted();
          return (
            <tr key={id}>
              <td title={title}>{title}</td>
              <td>{kindWords[kind]}</td>
              <td>{unit === 'head' ? 'heads' : 'KV groups'}</td>
              <td>{`${numbers.length} of ${values.length}`}</td>
              <td>{formatNumber(numbers[0] ?? NaN)}</td>
              <td>{formatNumber(numbers.at(-1) ?? NaN)}</td>
            </tr>
          );
        })}
      </tbody>
    </table>
  );
}

const forms = [
  { value: 'told', title: 'told from its content' },
  { value: 'hf-heads', title: 'Hugging Face: the listed heads go' },
  { value: 'razor', title: 'RazorAttention: the listed KV heads stay' },
] as const;

interface ReadingFieldsProps {
  readonly reading: Reading;
  readonly onChange: (reading: Reading) => void;
}

/** Never guessed: a map of layers to lists has two opposite meanings, and a list may count from 1. */
function ReadingFields({ reading, onChange }: ReadingFieldsProps): ReactElement {
  return (
    <div className="importing-reading">
      <Field label="Form" hint="A bare map of layers to lists has two opposite meanings.">
        {({ id }) => (
          <Select
            id={id}
            label="Form"
            value={reading.format ?? 'told'}
            options={forms}
            onChange={(format) => onChange({ ...reading, format: format === 'told' ? null : format })}
          />
        )}
      </Field>
      <div className="field">
        <span className="field-label">Lists of heads count from</span>
        <Segments
          label="Lists of heads count from"
          value={reading.countsFrom === 1 ? '1' : '0'}
          options={[
            { value: '0', title: '0' },
            { value: '1', title: '1' },
          ]}
          onChange={(first) => onChange({ ...reading, countsFrom: first === '1' ? 1 : 0 })}
        />
        <span className="field-note">The first layer and head of the file: 0-0 or 1-1.</span>
      </div>
      <p className="importing-note">
        Shown beside our own measures until this window is closed or reloaded; the file is not copied into the project.
      </p>
    </div>
  );
}
