/** The token that is looked at and what comes after it, beside the head; only while the place is in sight. */
import type { ReactElement } from 'react';
import { useSelection, useWorkspace } from '../../api/hooks.ts';
import { usePrediction } from '../../api/queries.ts';
import { formatFixed } from '../../marks/format.ts';
import { tokenLabel } from '../../marks/tokens/displayToken.ts';
import { Section } from '../../parts/section.tsx';
import { positionIn } from './targetStrip.tsx';
import { tokenWords } from './tokenWords.ts';
import type { Target } from './useTarget.ts';
import { useTarget } from './useTarget.ts';

export function PromptsInspector(): ReactElement | null {
  const isShown = useWorkspace(({ panes }) => panes.includes('prompts'));
  return isShown ? <Shown /> : null;
}

function Shown(): ReactElement | null {
  const target = useTarget();
  const query = useSelection((state) => state.query);
  return target === null ? null : <TokenSection target={target} position={positionIn(target, query)} />;
}

const TOP = 5;

function TokenSection({ target, position }: { readonly target: Target; readonly position: number }): ReactElement {
  const model = useWorkspace((state) => state.model);
  const prompt = { ids: target.ids.slice(0, position + 1) };
  const { data, error, isPlaceholderData } = usePrediction(model === null ? null : { ...model, prompt, top: TOP });
  // What comes after another token would be read as what comes after this one.
  const rows = data === undefined || isPlaceholderData || error !== null ? [] : data.before;
  return (
    <Section title="Token" aside={target.name}>
      <p className="prompts-inspected">{tokenWords(target.tokens, position)}</p>
      {error !== null && <p className="prompts-quiet">{error.message}</p>}
      {error === null && (data === undefined || isPlaceholderData) && <p className="prompts-quiet">Predicting</p>}
      <table className="prompts-next">
        <thead>
          <tr>
            <th>next token</th>
            <th>probability</th>
          </tr>
        </thead>
        <tbody>
          {rows.map(({ id, text, probability }) => (
            <tr key={id}>
              <td>
                <code>{tokenLabel({ text: text ?? `#${id}` })}</code>
              </td>
              <td>{formatFixed(probability, 3)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </Section>
  );
}
