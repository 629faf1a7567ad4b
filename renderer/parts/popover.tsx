/** Something small that opens beside its button. */
import { Popover as Radix } from 'radix-ui';
import type { ReactElement, ReactNode } from 'react';
import { classNames } from './classNames.ts';
import './popover.css';
import './select.css';

export interface PopoverProps {
  /** The button; must take a ref and the props of a button. */
  readonly trigger: ReactNode;
  readonly label: string;
  readonly className?: string;
  readonly children: ReactNode;
  readonly side?: 'top' | 'bottom' | 'left' | 'right';
  readonly align?: 'start' | 'center' | 'end';
  readonly isOpen?: boolean;
  readonly onOpenChange?: (isOpen: boolean) => void;
}

export function Popover(props: PopoverProps): ReactElement {
  const { trigger, label, className, children, side = 'bottom', align = 'start', isOpen, onOpenChange } = props;
  const control = isOpen === undefined ? {} : { open: isOpen };
  const heard = onOpenChange === undefined ? {} : { onOpenChange };
  return (
    <Radix.Root {...control} {...heard}>
      <Radix.Trigger asChild>{trigger}</Radix.Trigger>
      <Radix.Portal>
        <Radix.Content
          className={classNames('popover', className)}
          side={side}
          align={align}
          sideOffset={4}
          aria-label={label}
        >
          {children}
        </Radix.Content>
      </Radix.Portal>
    </Radix.Root>
  );
}
