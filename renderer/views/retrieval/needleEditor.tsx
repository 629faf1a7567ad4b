/** One needle in full. Those of the program are read only: a copy can be changed. */
import type { ReactElement } from 'react';
import type { NeedleText } from '../../../engine/results/retrieve.ts';
import { Button } from '../../parts/button.tsx';
import { Field } from '../../parts/field.tsx';
import { TextInput } from '../../parts/input.tsx';
import { Segments } from '../../parts/segments.tsx';
import { lackIn } from './needlePlan.ts';
import { useChangeRetrieval, useRetrieval } from './retrievalSettings.ts';

interface NeedleEditorProps {
  readonly needle: NeedleText;
  readonly isOwn: boolean;
  readonly onCopy: () => void;
}

const kinds = [
  { value: 'copy', title: 'Copied' },
  { value: 'reasoning', title: 'Reasoned' },
] as const;

export function NeedleEditor({ needle, isOwn, onCopy }: NeedleEditorProps): ReactElement {
  const own = useRetrieval((settings) => settings.own);
  const change = useChangeRetrieval();
  const set = (values: Partial<NeedleText>) =>
    change({ own: own.map((one) => (one.id === needle.id ? { ...one, ...values } : one)) });
  const lack = isOwn ? lackIn(needle) : null;
  const line = (label: string, key: 'sentence' | 'question' | 'answer', hint?: string) => (
    <Field label={label} {...(hint === undefined ? {} : { hint })}>
      {(ids) => <TextInput {...ids} value={needle[key]} readOnly={!isOwn} onChange={(text) => set({ [key]: text })} />}
    </Field>
  );
  return (
    <div className="form retrieval-editor">
      {line('Sentence', 'sentence', '[answer] stands where the answer’s words are')}
      {line('Question', 'question')}
      {line('Answer', 'answer')}
      {lack !== null && <p className="retrieval-problem">{`Needle ${needle.id}: ${lack}`}</p>}
      <div className="form-actions">
        {isOwn ? (
          <>
            <Segments label="Kind" value={needle.kind} options={kinds} onChange={(kind) => set({ kind })} />
            <Button onClick={() => change({ own: own.filter(({ id }) => id !== needle.id), edited: null })}>
              Remove
            </Button>
          </>
        ) : (
          <Button icon="copy" onClick={onCopy}>
            Change a copy
          </Button>
        )}
      </div>
    </div>
  );
}
