/** The shown prompt's next tokens: clean, edited, and by how much each moved. */
import type { ReactElement } from 'react';
import type { NextToken } from '../../../engine/results/prediction.ts';
import { usePrompts } from '../../api/queries.ts';
import { formatChange, formatFixed } from '../../marks/format.ts';
import { Section } from '../../parts/section.tsx';
import type { EffectView } from './effectView.ts';
import { setWords } from './effectWords.ts';
import type { EffectRequest } from './liveEffect.ts';
import { nameWords } from './painted.ts';

const MOST_ROWS = 6;
/** What three decimals show as nothing has no colour either. */
const SMALL = 0.0005;

interface Row {
  readonly id: number;
  readonly text: string;
  readonly clean: number | null;
  readonly edited: number | null;
}

interface NextTokensProps {
  readonly next: EffectView['next'];
  readonly of: EffectRequest;
}

export function NextTokens({ next, of }: NextTokensProps): ReactElement {
  const answers = useAnswers(of);
  const shown = `prompt ${of.shown + 1}`;
  return (
    <Section
      title={setWords(of)}
      aside={
        <span title={nameWords(of.set, Infinity)}>
          {next === null ? shown : `${shown} · KL ${formatFixed(next.kl, 3)} nats`}
        </span>
      }
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

function below(probability: number): string {
  return `< ${formatFixed(Math.max(0.001, probability), 3)}`;
}

interface TokenRowProps {
  readonly row: Row;
  readonly least: { readonly clean: number; readonly edited: number };
  readonly mark: 'right' | 'wrong' | null;
}

function TokenRow({ row, least, mark }: TokenRowProps): ReactElement {
  const { text, clean, edited } = row;
  const change = (edited ?? least.edited) - (clean ?? least.clean);
  const unlisted = edited === null ? least.edited : clean === null ? least.clean : 0;
  const bound = unlisted < SMALL ? '' : edited === null ? '< ' : '> ';
  const isSure = bound === '' || (bound === '< ' ? change < 0 : change > 0);
  return (
    <tr data-mark={mark}>
      <th scope="row">
        <code>{text.replace(/^ /, '·')}</code>
        {mark !== null && <span className="ablate-mark">{mark}</span>}
      </th>
      <td>{clean === null ? below(least.clean) : formatFixed(clean, 3)}</td>
      <td>{edited === null ? below(least.edited) : formatFixed(edited, 3)}</td>
      <td data-sign={isSure && Math.abs(change) >= SMALL ? Math.sign(change) : 0}>
        {`${bound}${formatChange(change, 3)}`}
      </td>
    </tr>
  );
}

/** The likeliest of either side, by what they were before; a token that only one side lists has one number. */
export function tokenRows(before: readonly NextToken[], after: readonly NextToken[], most = MOST_ROWS): readonly Row[] {
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

/** Texts of the right and wrong answers of the prompt that the tokens follow. */
function useAnswers({ model, weights, prompts, shown }: EffectRequest): ReadonlyMap<string, 'right' | 'wrong'> {
  const on = { model, ...(weights === undefined ? {} : { weights }) };
  const { data, isPlaceholderData } = usePrompts({ ...on, prompts, from: shown, count: 1 });
  const pair = isPlaceholderData ? undefined : data?.pairs[0];
  return new Map([
    ...(pair?.wrong ?? []).map((text) => [text, 'wrong'] as const),
    ...(pair?.answers ?? []).map((text) => [text, 'right'] as const),
  ]);
}
