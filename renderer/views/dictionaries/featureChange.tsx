/** An edit that scales or adds a feature on the chosen prompt, and the next tokens before and after, as it moves. */
import type { ReactElement } from 'react';
import type { ResultOf } from '../../../engine/results/contract.ts';
import { useCall } from '../../api/queries.ts';
import { useStable } from '../../api/useStable.ts';
import { formatChange, formatFixed } from '../../marks/format.ts';
import { Button } from '../../parts/button.tsx';
import { copyText } from '../../parts/copyText.ts';
import { Section } from '../../parts/section.tsx';
import { Segments } from '../../parts/segments.tsx';
import { Slider } from '../../parts/slider.tsx';
import { Empty, ErrorState, Loading } from '../../parts/states.tsx';
import { tokenRows } from '../ablate/nextTokens.tsx';
import type { ShownPrompt } from '../heads/shownPrompt.ts';
import { useShownPrompt } from '../heads/shownPrompt.ts';
import { useRested } from '../prompts/useRested.ts';
import { useChangeDictionaries, useDictionariesSettings } from './dictionariesSettings.ts';
import type { FeatureProps } from './featureFace.tsx';

const TOP = 10;
/** Of the amount that is added, either way. */
const MOST = 20;

export function FeatureChange(props: FeatureProps): ReactElement {
  const { prompt, asked } = useShownPrompt();
  if (asked.error !== null) return <ErrorState error={asked.error} />;
  if (prompt === null) {
    return asked.isFetching ? (
      <Loading what="Reading the prompt" />
    ) : (
      <Empty title="No prompts are chosen">Choose some above: the feature is changed on the one that is shown.</Empty>
    );
  }
  return <OnPrompt {...props} prompt={prompt} />;
}

const kinds = [
  { value: 'scale', title: 'Scale it' },
  { value: 'add', title: 'Add it' },
] as const;

function OnPrompt({ model, card, feature, prompt }: FeatureProps & { readonly prompt: ShownPrompt }): ReactElement {
  const { kind, by, amount } = useDictionariesSettings((settings) => settings.change);
  const change = useChangeDictionaries();
  const made = useStable(kind === 'scale' ? ({ kind, by } as const) : ({ kind, amount } as const));
  const rested = useRested(made);
  const request = {
    ...model.choice,
    dictionary: card.path,
    feature,
    prompt: prompt.on.prompt,
    change: rested,
    top: TOP,
  };
  const { data, error, isPlaceholderData } = useCall('editFeature', useStable(request));
  return (
    <>
      <Section title="Change" aside={`on all tokens of prompt ${prompt.index + 1}; what it does not explain stays`}>
        <div className="form">
          <Segments
            label="Change"
            value={kind}
            options={kinds}
            onChange={(next) => change({ change: { kind: next, by, amount } })}
          />
          {kind === 'scale' ? (
            <Slider
              label="Times as active"
              value={by}
              min={0}
              max={3}
              step={0.05}
              format={(value) => (value === 0 ? 'off' : `× ${value.toFixed(2)}`)}
              onChange={(next) => change({ change: { kind, by: next, amount } })}
            />
          ) : (
            <Slider
              label="Amount added"
              value={amount}
              min={-MOST}
              max={MOST}
              step={0.1}
              format={(value) => formatChange(value, 1)}
              onChange={(next) => change({ change: { kind, by, amount: next } })}
            />
          )}
        </div>
      </Section>
      {error !== null ? (
        <ErrorState error={error} />
      ) : data === undefined ? (
        <Loading what="Running the model" />
      ) : (
        <div data-stale={isPlaceholderData || rested !== made} className="dict-attribution">
          <Outcome edited={data} />
        </div>
      )}
    </>
  );
}

function Outcome({ edited }: { readonly edited: ResultOf<'editFeature'> }): ReactElement {
  const rows = tokenRows(edited.before, edited.after, TOP);
  const probability = (value: number | null) => (value === null ? 'not listed' : formatFixed(value, 3));
  return (
    <Section
      title="Next token"
      aside={<span title="KL(before || after) at the last position">{`KL ${formatFixed(edited.kl, 4)} nats`}</span>}
    >
      <table className="ablate-tokens">
        <thead>
          <tr>
            <th scope="col">next token</th>
            <th scope="col">before</th>
            <th scope="col">after</th>
            <th scope="col">Δ</th>
          </tr>
        </thead>
        <tbody>
          {rows.map(({ id, text, clean, edited: after }) => (
            <tr key={id}>
              <th scope="row">
                <code>{text.replace(/^ /, '·')}</code>
              </th>
              <td>{probability(clean)}</td>
              <td>{probability(after)}</td>
              <td data-sign={clean === null || after === null ? 0 : signOf(after - clean)}>
                {clean === null || after === null ? '–' : formatChange(after - clean, 3)}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
      <p className="dict-line dict-edit">
        <Button icon="copy" onClick={() => void copyText(editText(edited.edits))}>
          Copy the edit
        </Button>
        <span className="sweeps-quiet">an ordinary edit, as every call on the model takes it</span>
      </p>
    </Section>
  );
}

/** What three decimals show as nothing has no colour either. */
function signOf(change: number): number {
  return Math.abs(change) < 0.0005 ? 0 : Math.sign(change);
}

/** JSON; typed arrays as lists of numbers. */
export function editText(edits: ResultOf<'editFeature'>['edits']): string {
  return JSON.stringify(edits, (_, value: unknown) => (value instanceof Float32Array ? Array.from(value) : value));
}
