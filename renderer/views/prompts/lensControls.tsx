/** What colours the lens, and of which token. */
import type { ReactElement } from 'react';
import { tokenLabel } from '../../marks/tokens/displayToken.ts';
import { Select } from '../../parts/select.tsx';
import type { LensColour } from './lensValues.ts';
import { useChangePrompts, usePromptsSettings } from './promptsSettings.ts';
import type { TargetChoice } from './useTargetChoices.ts';
import { useTargetChoices } from './useTargetChoices.ts';
import type { Target } from './useTarget.ts';

const colours = [
  { value: 'top', title: 'Likeliest token' },
  { value: 'target', title: 'Probability of' },
  { value: 'rank', title: 'Rank of' },
] as const satisfies readonly { value: LensColour; title: string }[];

const groups: Readonly<Record<TargetChoice['kind'], string>> = {
  answer: 'Answer',
  wrong: 'Wrong token',
  likely: 'Most likely',
};

export function LensControls({ target }: { readonly target: Target }): ReactElement {
  const colour = usePromptsSettings((settings) => settings.lensColour);
  const chosen = usePromptsSettings((settings) => settings.target);
  const change = useChangePrompts();
  const choices = useTargetChoices(target);
  const isListed = chosen === null || choices.some(({ id }) => id === chosen.id);
  const listed = isListed ? choices : [{ ...chosen, kind: 'likely' as const }, ...choices];
  const setColour = (lensColour: LensColour) => change({ lensColour, target: chosen ?? choices[0] ?? null });
  return (
    <>
      <Select label="Coloured by" value={chosen === null ? 'top' : colour} options={colours} onChange={setColour} />
      {chosen !== null && colour !== 'top' && (
        <Select
          label="Target token"
          value={`${chosen.id}`}
          options={listed.map(({ id, text, kind }) => ({
            value: `${id}`,
            title: tokenLabel({ text }),
            group: groups[kind],
          }))}
          onChange={(id) => change({ target: listed.find((token) => `${token.id}` === id) ?? null })}
        />
      )}
    </>
  );
}
