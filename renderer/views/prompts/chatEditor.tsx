/** A conversation, and the text that the model's own template makes of it. */
import type { ReactElement } from 'react';
import { Button, IconButton } from '../../parts/button.tsx';
import { Field } from '../../parts/field.tsx';
import { Select } from '../../parts/select.tsx';
import type { ChatMessage } from './draft.ts';
import { useDraft } from './useDraft.ts';
import { useDraftTokens } from './useDraftTokens.ts';

const roles = ['system', 'user', 'assistant'] as const;

export function ChatEditor(): ReactElement {
  const { draft, change } = useDraft();
  const { rendered } = useDraftTokens();
  const { messages } = draft;
  const setMessage = (at: number, message: ChatMessage) => change({ messages: messages.with(at, message) });
  const add = () => change({ messages: [...messages, { role: nextRole(messages), content: '' }] });
  return (
    <div className="own-chat">
      <ol className="own-messages" aria-label="Messages">
        {messages.map((message, i) => (
          <Message
            key={i}
            at={i}
            message={message}
            onChange={(next) => setMessage(i, next)}
            onRemove={messages.length > 1 ? () => change({ messages: messages.toSpliced(i, 1) }) : null}
          />
        ))}
        <li>
          <Button icon="plus" look="plain" onClick={add}>
            Message
          </Button>
        </li>
      </ol>
      <Field label="As the template renders it">
        {(ids) => (
          <textarea
            {...ids}
            className="input own-rendered"
            readOnly
            value={rendered ?? ''}
            placeholder="Nothing is written yet"
          />
        )}
      </Field>
    </div>
  );
}

function nextRole(messages: readonly ChatMessage[]): string {
  return messages.at(-1)?.role === 'user' ? 'assistant' : 'user';
}

interface MessageProps {
  readonly at: number;
  readonly message: ChatMessage;
  readonly onChange: (message: ChatMessage) => void;
  /** Null for the only one. */
  readonly onRemove: (() => void) | null;
}

function Message({ at, message, onChange, onRemove }: MessageProps): ReactElement {
  const { role, content } = message;
  return (
    <li className="own-message">
      <Select
        label={`Role of message ${at + 1}`}
        value={role}
        options={roles.map((value) => ({ value, title: value }))}
        onChange={(next) => onChange({ ...message, role: next })}
      />
      <textarea
        className="input"
        aria-label={`Message ${at + 1}`}
        rows={2}
        value={content}
        onChange={(event) => onChange({ ...message, content: event.target.value })}
      />
      {onRemove !== null && <IconButton icon="close" label={`Remove message ${at + 1}`} onClick={onRemove} />}
    </li>
  );
}
