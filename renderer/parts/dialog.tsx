/** A question or task that everything else waits for. Escape leaves it. */
import { Dialog as Radix } from 'radix-ui';
import type { ReactElement, ReactNode } from 'react';
import { IconButton } from './button.tsx';
import './dialog.css';

export interface DialogProps {
  readonly isOpen: boolean;
  readonly onClose: () => void;
  readonly title: string;
  /** What it is about, under the title. */
  readonly about?: ReactNode;
  readonly children: ReactNode;
  /** Buttons, the safe one first. */
  readonly actions?: ReactNode;
  /** `drawer`: along the right edge. */
  readonly shape?: 'box' | 'wide' | 'drawer';
}

export function Dialog({ isOpen, onClose, title, about, children, actions, shape = 'box' }: DialogProps): ReactElement {
  return (
    <Radix.Root open={isOpen} onOpenChange={(open) => !open && onClose()}>
      <Radix.Portal>
        <Radix.Overlay className="dialog-veil" />
        <Radix.Content
          className="dialog"
          data-shape={shape}
          onOpenAutoFocus={focusFirst}
          {...(about === undefined ? { 'aria-describedby': undefined } : {})}
        >
          <header className="dialog-head">
            <Radix.Title className="dialog-title">{title}</Radix.Title>
            <Radix.Close asChild>
              <IconButton icon="close" label="Close" />
            </Radix.Close>
          </header>
          {about !== undefined && <Radix.Description className="dialog-about">{about}</Radix.Description>}
          <section className="dialog-body" aria-label={title} {...(shape === 'drawer' ? { tabIndex: 0 } : {})}>
            {children}
          </section>
          {actions !== undefined && <footer className="dialog-actions">{actions}</footer>}
        </Radix.Content>
      </Radix.Portal>
    </Radix.Root>
  );
}

/** What is to be filled in or pressed, rather than the button that closes. */
function focusFirst(event: Event): void {
  const content = event.currentTarget;
  const first = content instanceof Element ? content.querySelector<HTMLElement>(firstControls) : null;
  event.preventDefault();
  if (first !== null) first.focus();
  else if (content instanceof HTMLElement) content.focus();
}

const firstControls = '.dialog-body :is(input, textarea), .dialog-actions [data-look=primary]:not(:disabled)';
