/** A prompt of one's own: text or conversation, its tokens while typing, and what makes it a row of a prompt set. */
import type { ReactElement } from 'react';
import { useModelInfo } from '../../api/hooks.ts';
import { Segments } from '../../parts/segments.tsx';
import { Empty } from '../../parts/states.tsx';
import { ChatEditor } from './chatEditor.tsx';
import { RowFields } from './rowFields.tsx';
import { TargetStrip } from './targetStrip.tsx';
import { useDraft } from './useDraft.ts';
import { useDraftTokens } from './useDraftTokens.ts';
import { useTarget } from './useTarget.ts';

export function OwnEditor(): ReactElement {
  const tokenizer = useModelInfo()?.tokenizer;
  const { draft, change } = useDraft();
  if (tokenizer?.kind === 'absent')
    return (
      <Empty title="This model has no tokenizer">{`${tokenizer.reason}. Prompts are given as ids: import a JSONL file with ids.`}</Empty>
    );
  const hasChat = tokenizer?.kind === 'present' && tokenizer.chat;
  return (
    <div className="own">
      <div className="own-head">
        <Segments
          label="Kind of text"
          value={draft.kind}
          options={[
            { value: 'plain', title: 'Plain' },
            { value: 'chat', title: 'Chat', disabled: !hasChat },
          ]}
          onChange={(kind) => change({ kind })}
        />
        {!hasChat && <span className="prompts-quiet">this model has no chat template</span>}
        <TokenCount />
      </div>
      {draft.kind === 'plain' ? <PlainEditor /> : <ChatEditor />}
      <OwnStrip />
      <RowFields />
    </div>
  );
}

function OwnStrip(): ReactElement | null {
  const target = useTarget();
  return target === null ? null : <TargetStrip target={target} />;
}

function PlainEditor(): ReactElement {
  const { draft, change } = useDraft();
  return (
    <textarea
      className="input own-text"
      aria-label="Text"
      placeholder="Type a text: its tokens appear below"
      spellCheck={false}
      rows={2}
      value={draft.text}
      onChange={(event) => change({ text: event.target.value })}
    />
  );
}

function TokenCount(): ReactElement {
  const { tokens, context, error, isStale } = useDraftTokens();
  if (error !== null)
    return (
      <span className="prompts-bad" role="alert">
        {error.message}
      </span>
    );
  const words = context === null ? '' : `${tokens.length} tokens of ${context.toLocaleString('en-US')}`;
  return (
    <span className="prompts-quiet" data-stale={isStale}>
      {words}
    </span>
  );
}
