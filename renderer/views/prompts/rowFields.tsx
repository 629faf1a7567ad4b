/** What a text needs to be measured on: its answer, a wrong token, a corrupt twin; and where it goes. */
import type { ReactElement } from 'react';
import { useState } from 'react';
import { useWorkspace } from '../../api/hooks.ts';
import { useWorkbench } from '../../api/workbench.ts';
import { Button } from '../../parts/button.tsx';
import { Field } from '../../parts/field.tsx';
import { TextInput } from '../../parts/input.tsx';
import { ErrorState } from '../../parts/states.tsx';
import { emptyDraft } from './draft.ts';
import { PairStrips } from './pairStrips.tsx';
import { saveRow } from './saveRow.ts';
import { useDraft } from './useDraft.ts';
import { useDraftTokens, useTokensOf } from './useDraftTokens.ts';

export function RowFields(): ReactElement {
  const { draft, change } = useDraft();
  return (
    <div className="own-row">
      {draft.kind === 'plain' && (
        <Field label="Corrupt twin (as many tokens)" hint={<Alignment />}>
          {(ids) => (
            <TextInput
              {...ids}
              placeholder="The same text with what matters changed"
              value={draft.corrupt}
              onChange={(corrupt) => change({ corrupt })}
            />
          )}
        </Field>
      )}
      <div className="own-answers">
        <Field label="Answer" hint="One token; its leading space counts. Several: a|b">
          {(ids) => (
            <TextInput {...ids} className="code" value={draft.answer} onChange={(answer) => change({ answer })} />
          )}
        </Field>
        <Field label="Wrong token" hint="What the answer is compared with">
          {(ids) => <TextInput {...ids} className="code" value={draft.wrong} onChange={(wrong) => change({ wrong })} />}
        </Field>
      </div>
      <SaveRow />
    </div>
  );
}

/** Tokens that would be shown of a long text: around the first that differs. */
const MOST = 60;

function Alignment(): ReactElement {
  const { draft } = useDraft();
  const clean = useDraftTokens();
  const corrupt = useTokensOf(draft.corrupt === '' ? null : { text: draft.corrupt });
  if (corrupt.tokens.length === 0) return <>Needed for patching and resample ablation; may be left out.</>;
  const differ = clean.tokens.filter(({ id }, i) => corrupt.tokens[i]?.id !== id).length;
  const isAligned = clean.tokens.length === corrupt.tokens.length;
  return (
    <span className="own-alignment">
      {isAligned ? (
        <span>{`aligned: ${clean.tokens.length} tokens, ${differ} ${differ === 1 ? 'differs' : 'differ'}`}</span>
      ) : (
        <span className="prompts-bad">{`not aligned: ${clean.tokens.length} and ${corrupt.tokens.length} tokens; patching needs equal lengths`}</span>
      )}
      <PairStrips clean={clean.tokens} corrupt={corrupt.tokens} most={MOST} />
    </span>
  );
}

function SaveRow(): ReactElement {
  const workbench = useWorkbench();
  const { draft, change } = useDraft();
  const { tokens, isStale } = useDraftTokens();
  const prompts = useWorkspace((state) => state.prompts);
  const [error, setError] = useState<Error | null>(null);
  const isFile = prompts?.kind === 'file';
  const save = async (where: 'new' | 'add' | 'replace') => {
    setError(null);
    try {
      await saveRow(workbench, where, tokens);
    } catch (reason) {
      setError(reason instanceof Error ? reason : new Error(String(reason)));
    }
  };
  const isReady = tokens.length > 0 && !isStale;
  return (
    <>
      <div className="own-actions">
        {isFile && draft.row !== null && (
          <Button look="primary" disabled={!isReady} onClick={() => void save('replace')}>
            {`Replace row ${draft.row + 1}`}
          </Button>
        )}
        {isFile && (
          <Button disabled={!isReady} onClick={() => void save('add')}>
            {`Add to ${prompts.file.name}`}
          </Button>
        )}
        <Button look={isFile ? 'normal' : 'primary'} disabled={!isReady} onClick={() => void save('new')}>
          Make it a prompt set
        </Button>
        <Button look="plain" onClick={() => change(emptyDraft)}>
          Clear
        </Button>
      </div>
      {error !== null && <ErrorState error={error} />}
    </>
  );
}
