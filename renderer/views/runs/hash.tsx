import type { ReactElement } from 'react';
import { IconButton } from '../../parts/button.tsx';
import { copyText } from '../../parts/copyText.ts';

/** Characters that tell two hashes apart for an eye. */
const SHOWN = 16;

/** The beginning of a hash, with the whole of it to copy. */
export function Hash({ value, of }: { readonly value: string; readonly of: string }): ReactElement {
  return (
    <span className="runs-hash">
      <code title={value}>{`${value.slice(0, SHOWN)}…`}</code>
      <IconButton icon="copy" label={`Copy the hash of the ${of}`} onClick={() => void copyText(value)} />
    </span>
  );
}
