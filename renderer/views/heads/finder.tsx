/** Finds heads by name, in any notation: the first becomes the primary head, several become the set. */
import type { FormEvent, KeyboardEvent, ReactElement } from 'react';
import { useRef, useState } from 'react';
import { useShortcut } from '../../api/useShortcut.ts';
import { useWorkbench } from '../../api/workbench.ts';
import type { HeadShape } from '../../marks/headShape.ts';
import { headIndex } from '../../marks/headShape.ts';
import { TextInput } from '../../parts/input.tsx';
import { findHeads } from './findHeads.ts';

export function Finder({ heads }: { readonly heads: HeadShape }): ReactElement {
  const { selection } = useWorkbench();
  const input = useRef<HTMLInputElement>(null);
  const [text, setText] = useState('');
  const [isLeft, setIsLeft] = useState(false);
  useShortcut('find', () => input.current?.select());
  const found = findHeads(text, heads);
  const type = (next: string) => {
    setText(next);
    setIsLeft(false);
    const typed = findHeads(next, heads);
    const first = typed.kind === 'heads' ? typed.heads[0] : undefined;
    selection.hover.set(first === undefined ? null : headIndex(heads, first.layer, first.head));
  };
  const choose = (event: FormEvent) => {
    event.preventDefault();
    setIsLeft(true);
    if (found.kind !== 'heads') return;
    selection.setPrimary(found.heads[0] ?? null);
    if (found.heads.length > 1) selection.setSet(found.heads);
    selection.hover.set(null);
    setText('');
    // Letters are shortcuts again.
    input.current?.blur();
  };
  const onKeyDown = (event: KeyboardEvent) => {
    // The key that leads here, pressed again here, is no part of a name.
    if (event.key === '/') event.preventDefault();
    if (event.key !== 'Escape') return;
    event.stopPropagation();
    type('');
    input.current?.blur();
  };
  const problem = isLeft && found.kind === 'problem' ? found.text : null;
  return (
    <form className="heads-finder" role="search" onSubmit={choose}>
      <TextInput
        ref={input}
        onKeyDown={onKeyDown}
        value={text}
        onChange={type}
        placeholder="Find: 9.6, L9H6"
        aria-label="Find heads: 9.6, L9H6, a9.h6"
        aria-invalid={problem !== null}
        title={problem ?? 'One head, or several: L9H6 L10H7. Enter chooses (/)'}
      />
      {problem !== null && (
        <span className="heads-problem" role="alert">
          {problem}
        </span>
      )}
    </form>
  );
}
