/** Buttons: with words, or with an icon and a name for those who don't see it. */
import type { ComponentProps, ReactElement } from 'react';
import './button.css';
import { classNames } from './classNames.ts';
import type { IconName } from './icon.tsx';
import { Icon } from './icon.tsx';

interface Looks {
  /** `primary`: what the place is for, at most one at a time. `plain`: without a border. */
  readonly look?: 'plain' | 'normal' | 'primary';
}

export type ButtonProps = Omit<ComponentProps<'button'>, 'type'> & Looks & { readonly icon?: IconName };

export function Button({ look = 'normal', icon, className, children, ...rest }: ButtonProps): ReactElement {
  return (
    <button type="button" className={classNames('button', className)} data-look={look} {...rest}>
      {icon !== undefined && <Icon name={icon} />}
      {children}
    </button>
  );
}

export type IconButtonProps = Omit<ButtonProps, 'icon' | 'children' | 'aria-label'> & {
  readonly icon: IconName;
  /** What it does. */
  readonly label: string;
};

export function IconButton({ icon, label, look = 'plain', className, ...rest }: IconButtonProps): ReactElement {
  return (
    <button
      type="button"
      className={classNames('button', 'iconButton', className)}
      data-look={look}
      aria-label={label}
      title={label}
      {...rest}
    >
      <Icon name={icon} />
    </button>
  );
}
