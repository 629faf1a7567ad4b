/** The shown prompt's next tokens: clean, edited, and by how much each moved. */
import type { ReactElement } from 'react';
import type { NextToken } from '../../../engine/results/prediction.ts';
import { useWorkspace } from '../../api/hooks.ts';
import { usePrompts } from '../../api/queries.ts';
import { formatChange, formatFixed } from '../../marks/format.ts';
import { Section } from '../../parts/section.tsx';
import type { EffectView } from './effectView.ts';

/** What three decimals show as nothing has no colour either. */
const SMALL = 0.0005;

interface Row {
  readonly id: number;
  readonly text: string;
  readonly clean: number | null;
  readonly edited: number | null;
}

export function NextTokens({ next, of }: { readonly next: EffectView['next']; readonly of: string }): ReactElement {
  const index = useWorkspace((state) => state.promptIndex);
  const answers = useAnswers(index);
  return (
    <Section
      title={`Without ${of}`}
      aside={next === null ? `prompt ${index + 1}` : `prompt ${index + 1} · KL ${formatFixed(next.kl, 3)} nats`}
    >
      <table className="ablate-tokens">
        <thead>
          <tr>
            <th scope="col">next token</th>
            <th scope="col">clean</th>
            <th scope="col">edited</th>
            <th scope="col">Δ</th>
          </tr>
        </thead>
        <tbody>
          {next === null && (
            <tr>
              <td colSpan={4}>Computing</td>
            </tr>
          )}
          {next !== null &&
            tokenRows(next.before, next.after).map((row) => (
              <TokenRow
                key={row.id}
                row={row}
                least={{ clean: leastOf(next.before), edited: leastOf(next.after) }}
                mark={answers.get(row.text) ?? null}
              />
            ))}
        </tbody>
      </table>
    </Section>
  );
}

/** A token that a side does not list is less likely than all that it lists. */
function leastOf(listed: readonly NextToken[]): number {
  return Math.min(...listed.map(({ probability }) => probability));
}

interface TokenRowProps {
  readonly row: Row;
  readonly least: { readonly clean: number; readonly edited: number };
  readonly mark: 'right' | 'wrong' | null;
}

function TokenRow({ row, least, mark }: TokenRowProps): ReactElement {
  const { text, clean, edited } = row;
  const change = (edited ?? least.edited) - (clean ?? least.clean);
  const bound = edited === null ? '< ' : clean === null ? '> ' : '';
  const isSure = bound === '' || (bound === '< ' ? change < 0 : change > 0);
  return (
    <tr data-mark={mark}>
      <th scope="row">
        <code>{text.replace(/^ /, '·')}</code>
        {mark !== null && <span className="ablate-mark">{mark}</span>}
      </th>
      <td>{clean === null ? `< ${formatFixed(least.clean, 3)}` : formatFixed(clean, 3)}</td>
      <td>{edited === null ? `< ${formatFixed(least.edited, 3)}` : formatFixed(edited, 3)}</td>
      <td data-sign={isSure && Math.abs(change) >= SMALL ? Math.sign(change) : 0}>
        {`${bound}${formatChange(change, 3)}`}
      </td>
    </tr>
  );
}

/** The likeliest of either side, by what they were before; a token that only one side lists has one number. */
export function tokenRows(before: readonly NextToken[], after: readonly NextToken[], most = 8): readonly Row[] {
  const rows = new Map<number, Row>();
  for (const { id, text, probability } of before)
    rows.set(id, { id, text: text ?? `#${id}`, clean: probability, edited: null });
  for (const { id, text, probability } of after) {
    const known = rows.get(id) ?? { id, text: text ?? `#${id}`, clean: null, edited: null };
    rows.set(id, { ...known, edited: probability });
  }
  const weight = ({ clean, edited }: Row) => Math.max(clean ?? 0, edited ?? 0);
  const shown = [...rows.values()].sort((a, b) => weight(b) - weight(a)).slice(0, most);
  return shown.sort((a, b) => (b.clean ?? -1) - (a.clean ?? -1));
}

/** Texts of the shown prompt's right and wrong answers. */
function useAnswers(index: number): ReadonlyMap<string, 'right' | 'wrong'> {
  const prompts = useWorkspace((state) => state.prompts);
  const model = useWorkspace((state) => state.model);
  const { data } = usePrompts(model === null || prompts === null ? null : { ...model, prompts, from: index, count: 1 });
  const pair = data?.pairs[0];
  return new Map([
    ...(pair?.wrong ?? []).map((text) => [text, 'wrong'] as const),
    ...(pair?.answers ?? []).map((text) => [text, 'right'] as const),
  ]);
}
