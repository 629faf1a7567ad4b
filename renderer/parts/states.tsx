/** What stands in a panel that has nothing to draw, or not yet all of it. */
import type { ReactElement, ReactNode } from 'react';
import { Fault } from '../../engine/terms/fault.ts';
import { Button } from './button.tsx';
import { copyText } from './copyText.ts';
import { Icon } from './icon.tsx';
import './states.css';

export interface EmptyProps {
  readonly title: string;
  /** What would be here, and how it comes about. */
  readonly children?: ReactNode;
  readonly action?: ReactNode;
}

export function Empty({ title, children, action }: EmptyProps): ReactElement {
  return (
    <div className="state">
      <p className="state-title">{title}</p>
      {children !== undefined && <div className="state-text">{children}</div>}
      {action}
    </div>
  );
}

export function Loading({ what }: { readonly what: string }): ReactElement {
  return (
    <output className="state">
      <span className="state-text">{what}</span>
    </output>
  );
}

/** Over something of which a part is there. */
export function PartialNote({ known, total, of }: PartialNoteProps): ReactElement {
  return <span className="state-partial">{`partial: ${known} of ${total} ${of}`}</span>;
}

export interface PartialNoteProps {
  readonly known: number;
  readonly total: number;
  /** `heads` */
  readonly of: string;
}

export function CancelledState({ onAgain }: { readonly onAgain: () => void }): ReactElement {
  return (
    <Empty title="Cancelled" action={<Button onClick={onAgain}>Run again</Button>}>
      What had come stays; nothing more is computed.
    </Empty>
  );
}

export interface ErrorStateProps {
  readonly error: Error;
  /** What the user can do about it, where that is known. */
  readonly advice?: ReactNode;
  readonly onRetry?: () => void;
}

/** A Fault in its parts: what, where, expected, got. Anything else is said to be a defect. */
export function ErrorState({ error, advice, onRetry }: ErrorStateProps): ReactElement {
  const parts = error instanceof Fault ? Object.entries(error.parts) : [];
  return (
    <div className="state" role="alert">
      <p className="state-title state-bad">
        <Icon name="warning" />
        {error instanceof Fault ? error.parts.what : 'Something in Headscope broke'}
      </p>
      <dl className="state-parts">
        {(error instanceof Fault ? parts.slice(1) : [['message', error.message]]).map(([name, text]) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd>{text}</dd>
          </div>
        ))}
      </dl>
      <div className="state-text">{advice ?? usualAdvice(error)}</div>
      <div className="state-actions">
        {onRetry !== undefined && <Button onClick={onRetry}>Try again</Button>}
        <Button look="plain" onClick={() => void copyText(detailsOf(error))}>
          Copy details
        </Button>
      </div>
    </div>
  );
}

function usualAdvice(error: Error): string {
  if (error instanceof Fault) return 'Change what is named above and try again. Nothing was lost.';
  return 'This is a defect, not something you did. Copy the details for a report; what was computed before is kept.';
}

function detailsOf(error: Error): string {
  return [error.message, error.stack ?? ''].join('\n');
}
