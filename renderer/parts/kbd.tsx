/** A key or chord as a small cap: `Ctrl K`. */
import type { ReactElement } from 'react';
import './kbd.css';

export function Kbd({ keys }: { readonly keys: string }): ReactElement {
  return <kbd className="kbd">{keys.replaceAll('+', ' ')}</kbd>;
}
