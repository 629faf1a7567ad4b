/** The forms in which a run can be saved, what reads each, and what a form needs to be told. */
import type { ReactElement } from 'react';
import { useEffect, useRef, useState } from 'react';
import type { RequestOf, ResultOf } from '../../engine/results/contract.ts';
import { useExportForms } from '../api/queries.ts';
import { saveFile } from '../api/saveFile.ts';
import { useWorkbench } from '../api/workbench.ts';
import { Button } from '../parts/button.tsx';
import { Dialog } from '../parts/dialog.tsx';
import { ErrorState, Loading } from '../parts/states.tsx';
import { ExportChoice } from './exportChoice.tsx';
import type { FormChoice } from './exportChoiceState.ts';
import { firstChoice, requestOf } from './exportChoiceState.ts';
import './exportRunDialog.css';
import type { ExportFormat } from './exportWords.ts';
import { formGroups, formWords } from './exportWords.ts';

type Forms = ResultOf<'exportForms'>;
type Form = Forms['forms'][number];

interface ExportRunDialogProps {
  readonly run: string;
  readonly title: string;
}

export function ExportRunDialog({ run, title }: ExportRunDialogProps): ReactElement {
  const { dialogs } = useWorkbench();
  const { data: forms, error, refetch } = useExportForms({ run });
  const [chosen, setChosen] = useState<ExportFormat | null>(null);
  const form = forms?.forms.find(({ format }) => format === chosen) ?? forms?.forms[0];
  const [choice, setChoice] = useState<FormChoice | null>(null);
  const shown = form === undefined ? null : (choice ?? firstChoice(form, forms?.numbers ?? []));
  const { save, saved, isSaving } = useSave();
  const choose = (format: ExportFormat) => {
    setChosen(format);
    setChoice(null);
  };
  return (
    <Dialog
      isOpen
      onClose={dialogs.close}
      shape="wide"
      title="Export the run"
      about={title}
      actions={
        <>
          <Button onClick={dialogs.close}>Close</Button>
          <Button
            look="primary"
            icon="download"
            disabled={form === undefined || shown === null || isSaving}
            onClick={() => form !== undefined && shown !== null && save(requestOf(run, form, shown))}
          >
            Save
          </Button>
        </>
      }
    >
      {error !== null && <ErrorState error={error} onRetry={() => void refetch()} />}
      {error === null && forms === undefined && <Loading what="Trying which forms the run fits" />}
      {forms !== undefined && form !== undefined && shown !== null && (
        <div className="exporting">
          <FormList forms={forms.forms} chosen={form.format} onChoose={choose} />
          <ExportChoice form={form} numbers={forms.numbers} choice={shown} onChange={setChoice} />
          <SavedNote saved={saved} />
        </div>
      )}
    </Dialog>
  );
}

interface FormListProps {
  readonly forms: readonly Form[];
  readonly chosen: ExportFormat;
  readonly onChoose: (format: ExportFormat) => void;
}

function FormList({ forms, chosen, onChoose }: FormListProps): ReactElement {
  const there = new Set(forms.map(({ format }) => format));
  const groups = formGroups
    .map(({ title, formats }) => ({ title, formats: formats.filter((format) => there.has(format)) }))
    .filter(({ formats }) => formats.length > 0);
  return (
    <div role="radiogroup" aria-label="Form" className="exporting-forms">
      {groups.map(({ title, formats }) => (
        <fieldset key={title}>
          <legend>{title}</legend>
          {formats.map((format) => (
            <label key={format} className="exporting-form">
              <input
                type="radio"
                name="form"
                value={format}
                checked={format === chosen}
                onChange={() => onChoose(format)}
              />
              <span className="exporting-name">{formWords[format].title}</span>
              <span className="exporting-reader">{formWords[format].readBy}</span>
            </label>
          ))}
        </fieldset>
      ))}
    </div>
  );
}

type Saved =
  | { readonly kind: 'saved'; readonly name: string; readonly place: string | null; readonly notes: readonly string[] }
  | { readonly kind: 'error'; readonly error: Error };

function useSave() {
  const { client } = useWorkbench();
  const [saved, setSaved] = useState<Saved | null>(null);
  const [isSaving, setIsSaving] = useState(false);
  const save = async (request: RequestOf<'export'>) => {
    setIsSaving(true);
    setSaved(null);
    try {
      const file = await (client.export(request) as Promise<ResultOf<'export'>>);
      setSaved({ kind: 'saved', name: file.name, place: await saveFile(file), notes: file.notes });
    } catch (reason) {
      setSaved({ kind: 'error', error: reason instanceof Error ? reason : new Error(String(reason)) });
    }
    setIsSaving(false);
  };
  return { saved, isSaving, save: (request: RequestOf<'export'>) => void save(request) };
}

/** What the form can not say of the numbers stands where it can not be overlooked: the file does not tell it. */
function SavedNote({ saved }: { readonly saved: Saved | null }): ReactElement | null {
  const note = useRef<HTMLDivElement>(null);
  useEffect(() => {
    // In newer browsers it gives a promise, which would be taken for the effect's end.
    note.current?.scrollIntoView({ block: 'nearest' });
  }, [saved]);
  if (saved === null) return null;
  if (saved.kind === 'error') {
    return (
      <div ref={note}>
        <ErrorState error={saved.error} />
      </div>
    );
  }
  return (
    <div ref={note} className="exporting-saved" role="status">
      <p>
        Written: <code>{saved.place ?? saved.name}</code>
      </p>
      {saved.notes.length > 0 && (
        <ul>
          {saved.notes.map((note) => (
            <li key={note}>{note}</li>
          ))}
        </ul>
      )}
    </div>
  );
}
