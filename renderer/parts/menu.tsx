/** A list of things to do, behind a button. */
import { DropdownMenu } from 'radix-ui';
import type { ReactElement, ReactNode } from 'react';
import { Fragment } from 'react';
import './popover.css';
import './select.css';
import type { IconName } from './icon.tsx';
import { Icon } from './icon.tsx';
import { Kbd } from './kbd.tsx';

export interface MenuItem {
  readonly title: string;
  readonly icon?: IconName;
  readonly keys?: string;
  readonly disabled?: boolean;
  /** Drawn with a tick. */
  readonly isOn?: boolean;
  /** A line stands above it. */
  readonly begins?: boolean;
  /** Stands above it, over it and those that follow. */
  readonly heading?: string;
  readonly onChoose: () => void;
}

export interface MenuProps {
  /** The button; must take a ref and the props of a button. */
  readonly trigger: ReactNode;
  readonly items: readonly MenuItem[];
  readonly label: string;
  readonly align?: 'start' | 'end';
  /** Together: opened from elsewhere too. */
  readonly isOpen?: boolean;
  readonly onOpenChange?: (isOpen: boolean) => void;
}

export function Menu(props: MenuProps): ReactElement {
  const { trigger, items, label, align = 'end', isOpen, onOpenChange } = props;
  const control = isOpen === undefined ? {} : { open: isOpen };
  const heard = onOpenChange === undefined ? {} : { onOpenChange };
  return (
    <DropdownMenu.Root modal={false} {...control} {...heard}>
      <DropdownMenu.Trigger asChild>{trigger}</DropdownMenu.Trigger>
      <DropdownMenu.Portal>
        <DropdownMenu.Content className="menu" align={align} sideOffset={2} aria-label={label}>
          {items.map(item)}
        </DropdownMenu.Content>
      </DropdownMenu.Portal>
    </DropdownMenu.Root>
  );
}

function item({ heading, begins = false, ...rest }: MenuItem): ReactElement {
  return (
    <Fragment key={rest.title}>
      {heading !== undefined && (
        <DropdownMenu.Label className="menu-label" data-begins={begins}>
          {heading}
        </DropdownMenu.Label>
      )}
      <Item {...rest} begins={begins && heading === undefined} />
    </Fragment>
  );
}

function Item({ title, icon, keys, disabled = false, isOn = false, begins, onChoose }: MenuItem): ReactElement {
  const mark = isOn ? 'check' : icon;
  return (
    <DropdownMenu.Item className="menu-item" data-begins={begins} disabled={disabled} onSelect={onChoose}>
      <span className="select-check">{mark !== undefined && <Icon name={mark} size={12} />}</span>
      {title}
      {keys !== undefined && (
        <span className="select-detail">
          <Kbd keys={keys} />
        </span>
      )}
    </DropdownMenu.Item>
  );
}
