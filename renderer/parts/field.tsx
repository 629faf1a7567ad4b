/** A named setting: its label, its control, a word of help, what is wrong with it. */
import type { ReactElement, ReactNode } from 'react';
import { useId } from 'react';
import './field.css';

/** To spread over the control. */
export interface FieldIds {
  readonly id: string;
  readonly 'aria-describedby'?: string;
  readonly 'aria-invalid'?: boolean;
}

export interface FieldProps {
  readonly label: string;
  readonly hint?: ReactNode;
  readonly error?: string | null;
  readonly children: (ids: FieldIds) => ReactNode;
}

export function Field({ label, hint, error = null, children }: FieldProps): ReactElement {
  const id = useId();
  const notes = error !== null || hint !== undefined;
  const described = notes ? { 'aria-describedby': `${id}-note` } : {};
  return (
    <div className="field">
      <label className="field-label" htmlFor={id}>
        {label}
      </label>
      {children({ id, ...described, ...(error === null ? {} : { 'aria-invalid': true }) })}
      {notes && (
        <div id={`${id}-note`} className="field-note" data-error={error !== null}>
          {error ?? hint}
        </div>
      )}
    </div>
  );
}
