/** One prompt of the list: its answers, what the model says, its tokens. */
import type { ReactElement } from 'react';
import type { PromptPair } from '../../../engine/results/promptSets.ts';
import { useTaskReport } from '../../api/taskReport.ts';
import { formatChange } from '../../marks/format.ts';
import { tokenLabel } from '../../marks/tokens/displayToken.ts';
import { PairStrips } from './pairStrips.tsx';
import { PAGE, usePromptPage } from './usePromptPage.ts';

/** Tokens of a row at most; the chosen prompt is shown whole below. */
const MOST = 40;

interface PairRowProps {
  readonly index: number;
  readonly total: number;
  readonly top: number;
  readonly isChosen: boolean;
}

export function PairRow({ index, total, top, isChosen }: PairRowProps): ReactElement {
  const { data, error } = usePromptPage(Math.floor(index / PAGE));
  const pair = data?.pairs.find((one) => one.index === index);
  return (
    <div
      id={`pair-${index}`}
      role="option"
      aria-selected={isChosen}
      aria-posinset={index + 1}
      aria-setsize={total}
      className="pair"
      style={{ transform: `translateY(${top}px)` }}
      data-index={index}
    >
      {pair === undefined ? (
        <span className="prompts-quiet">{error?.message ?? `prompt ${index + 1}`}</span>
      ) : (
        <>
          <PairHead pair={pair} />
          <PairStrips clean={pair.clean} corrupt={pair.corrupt} most={MOST} />
        </>
      )}
    </div>
  );
}

function PairHead({ pair }: { readonly pair: PromptPair }): ReactElement {
  const { index, answers, wrong, aligned, clean, corrupt, differs } = pair;
  return (
    <span className="pair-head">
      <span className="pair-index">{index + 1}</span>
      {answers.length > 0 && <Words label="answer" texts={answers} />}
      {wrong.length > 0 && <Words label="wrong" texts={wrong} />}
      <Said index={index} answers={answers} />
      <span className="pair-end">
        {corrupt === null && `${clean.length} tokens, no corrupt twin`}
        {aligned === true && `${clean.length} tokens, ${differs.length} ${differs.length === 1 ? 'differs' : 'differ'}`}
        {aligned === false && (
          <span className="prompts-bad">{`not aligned: ${clean.length} and ${corrupt?.length ?? 0} tokens`}</span>
        )}
      </span>
    </span>
  );
}

function Words({ label, texts }: { readonly label: string; readonly texts: readonly string[] }): ReactElement {
  const shown = texts.slice(0, 3).map((text) => tokenLabel({ text }));
  const rest = texts.length > 3 ? ` +${texts.length - 3}` : '';
  return (
    <span>
      <span className="prompts-quiet">{`${label} `}</span>
      <code>{shown.join(' ') + rest}</code>
    </span>
  );
}

/** What the model predicts, and the metric on this prompt; nothing until it is measured. */
function Said({
  index,
  answers,
}: {
  readonly index: number;
  readonly answers: readonly string[];
}): ReactElement | null {
  const shown = useTaskReport().result?.shown[index];
  if (shown === undefined) return null;
  const isRight = answers.includes(shown.predicted);
  return (
    <span>
      <span className="prompts-quiet">says </span>
      <code className={isRight ? 'prompts-good' : 'prompts-other'}>{tokenLabel({ text: shown.predicted })}</code>
      <span className="prompts-quiet">{` ${formatChange(shown.metric, 2)}`}</span>
    </span>
  );
}
