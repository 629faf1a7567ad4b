/** Prompts that the open model can't read: what is wrong, and the row that it is wrong with. */
import type { ReactElement } from 'react';
import { Fault } from '../../../engine/terms/fault.ts';
import { useWorkspace } from '../../api/hooks.ts';
import { Button } from '../../parts/button.tsx';
import { ErrorState } from '../../parts/states.tsx';
import { draftOfRow } from './draft.ts';
import { rowAt, rowOfLine } from './promptFile.ts';
import { useChangePrompts } from './promptsSettings.ts';

interface UnreadablePromptsProps {
  readonly error: Error;
  readonly onRetry: () => void;
}

export function UnreadablePrompts({ error, onRetry }: UnreadablePromptsProps): ReactElement {
  const text = useWorkspace(({ prompts }) => (prompts?.kind === 'file' ? prompts.file.text : null));
  const at = text === null || !(error instanceof Fault) ? null : rowOfLine(text, error.parts.where ?? '');
  if (text === null || at === null) return <ErrorState error={error} onRetry={onRetry} />;
  const advice = (
    <span className="prompts-advice">
      Tokens are the model’s: a file may fit one model and not another. <EditRow text={text} at={at} />
    </span>
  );
  return <ErrorState error={error} onRetry={onRetry} advice={advice} />;
}

function EditRow({ text, at }: { readonly text: string; readonly at: number }): ReactElement {
  const change = useChangePrompts();
  const edit = () => {
    const empty = { text: '', corrupt: '', answer: '', wrong: '' };
    change({ mode: 'own', draft: draftOfRow(rowAt(text, at) ?? {}, at, empty) });
  };
  return <Button onClick={edit}>{`Edit row ${at + 1}`}</Button>;
}
