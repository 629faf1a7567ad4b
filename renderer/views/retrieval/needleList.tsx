/** Which needles are hidden; one of them is looked at, and written where it is one's own. */
import type { ReactElement } from 'react';
import type { NeedleText } from '../../../engine/results/retrieve.ts';
import { Button } from '../../parts/button.tsx';
import { Section } from '../../parts/section.tsx';
import { NeedleEditor } from './needleEditor.tsx';
import { usuallyChosen } from './needlePlan.ts';
import { useChangeRetrieval, useRetrieval } from './retrievalSettings.ts';

export function NeedleList({ builtIn }: { readonly builtIn: readonly NeedleText[] }): ReactElement {
  const own = useRetrieval((settings) => settings.own);
  const edited = useRetrieval((settings) => settings.edited);
  const chosen = useRetrieval((settings) => settings.chosen) ?? usuallyChosen(builtIn);
  const change = useChangeRetrieval();
  const all = [...builtIn, ...own];
  const shown = all.find(({ id }) => id === edited);
  const toggle = (id: string) =>
    change({ chosen: chosen.includes(id) ? chosen.filter((other) => other !== id) : [...chosen, id] });
  const put = (needle: NeedleText) =>
    change({ own: [...own, needle], chosen: [...chosen, needle.id], edited: needle.id });
  const add = (like: Omit<NeedleText, 'id'>) => put({ ...like, id: freeId(all) });
  return (
    <Section title="Needles" aside={`${chosen.length} of ${all.length}`}>
      <ul className="retrieval-needles" aria-label="Needles">
        {all.map((needle) => (
          <NeedleRow
            key={needle.id}
            needle={needle}
            isChosen={chosen.includes(needle.id)}
            isShown={needle.id === edited}
            onToggle={() => toggle(needle.id)}
            onShow={() => change({ edited: needle.id === edited ? null : needle.id })}
          />
        ))}
      </ul>
      {shown !== undefined && <NeedleEditor needle={shown} isOwn={own.includes(shown)} onCopy={() => add(shown)} />}
      <Button icon="plus" onClick={() => add({ kind: 'copy', sentence: '', question: '', answer: '' })}>
        Own needle
      </Button>
    </Section>
  );
}

interface NeedleRowProps {
  readonly needle: NeedleText;
  readonly isChosen: boolean;
  readonly isShown: boolean;
  readonly onToggle: () => void;
  readonly onShow: () => void;
}

function NeedleRow({ needle, isChosen, isShown, onToggle, onShow }: NeedleRowProps): ReactElement {
  const [before = '', after = ''] = needle.sentence.split('[answer]');
  return (
    <li className="retrieval-needle" data-shown={isShown}>
      <input type="checkbox" checked={isChosen} onChange={onToggle} aria-label={`Hide ${needle.id}`} />
      <button type="button" className="retrieval-needle-text" aria-expanded={isShown} onClick={onShow}>
        <code>{needle.id}</code>
        <span title={`${before}${needle.answer}${after}`}>
          {before}
          <mark>{needle.answer}</mark>
          {after}
        </span>
      </button>
    </li>
  );
}

function freeId(all: readonly NeedleText[]): string {
  for (let n = 1; ; n++) if (all.every(({ id }) => id !== `own-${n}`)) return `own-${n}`;
}
