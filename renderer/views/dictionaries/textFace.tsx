/** Any text, read by a dictionary: the strongest features of each token, one of them over the text, and what is left unexplained. */
import type { ReactElement } from 'react';
import { useMemo } from 'react';
import type { RequestOf } from '../../../engine/results/contract.ts';
import type { DictionaryCard } from '../../../engine/results/dictionaries.ts';
import { useIsResident } from '../../api/hooks.ts';
import { useCall } from '../../api/queries.ts';
import { useStable } from '../../api/useStable.ts';
import { formatNumber } from '../../marks/format.ts';
import { Legend } from '../../marks/legend.tsx';
import { TokenStrip } from '../../marks/tokens/tokenStrip.tsx';
import { Button } from '../../parts/button.tsx';
import { TextInput } from '../../parts/input.tsx';
import { Panel } from '../../parts/panel.tsx';
import { csvOf } from '../../parts/csv.ts';
import { Segments } from '../../parts/segments.tsx';
import { Empty, ErrorState, Loading } from '../../parts/states.tsx';
import { useShownPrompt } from '../heads/shownPrompt.ts';
import { useRested } from '../prompts/useRested.ts';
import type { DictionariesModel } from './dictionariesModel.ts';
import { useChangeDictionaries, useDictionariesSettings } from './dictionariesSettings.ts';
import { NoDictionary } from './featureFace.tsx';
import type { PromptCodes } from './promptCodes.ts';
import { codesAt, featureName, labelsIn, valuesOfFeature } from './promptCodes.ts';
import { TokenFeatures } from './tokenFeatures.tsx';
import { useOpenFeature } from './useOpenFeature.ts';
import { isOfModel, useChosenDictionary } from './useShelf.ts';

const sources = [
  { value: 'own', title: 'Own text' },
  { value: 'prompt', title: 'The prompt' },
] as const;

export function TextFace({ model }: { readonly model: DictionariesModel }): ReactElement {
  const card = useChosenDictionary(model);
  const { textSource, text } = useDictionariesSettings((settings) => settings);
  const change = useChangeDictionaries();
  if (card === null) return <NoDictionary />;
  return (
    <div className="dict-list-face">
      <div className="dict-import">
        <Segments
          label="Which text"
          value={textSource}
          options={sources}
          onChange={(next) => change({ textSource: next })}
        />
        {textSource === 'own' && (
          <TextInput
            aria-label="Text to read"
            placeholder="Type a text: its features are found as you type"
            value={text}
            onChange={(next) => change({ text: next })}
          />
        )}
      </div>
      <div className="dict-fill">
        <Read {...{ model, card }} />
      </div>
    </div>
  );
}

interface ReadProps {
  readonly model: DictionariesModel;
  readonly card: DictionaryCard;
}

function Read({ model, card }: ReadProps): ReactElement {
  const isResident = useIsResident();
  const prompt = usePromptToRead();
  const isAsked = isResident && isOfModel(card, model) && prompt !== null;
  const request = isAsked ? { ...model.choice, dictionary: card.path, prompt } : null;
  const { data, error, isPlaceholderData } = useCall('encodePrompt', useStable(request));
  if (!isOfModel(card, model)) {
    return (
      <Empty title="This dictionary is of another model">Open its model, or choose another dictionary above.</Empty>
    );
  }
  if (prompt === null) return <Empty title="There is no text yet">Type one above, or take the chosen prompt.</Empty>;
  if (error !== null) return <ErrorState error={error} />;
  if (data === undefined || request === null) return <Loading what="Encoding the text" />;
  return <Encoded codes={data} card={card} isStale={isPlaceholderData} />;
}

function usePromptToRead(): RequestOf<'encodePrompt'>['prompt'] | null {
  const { textSource, text } = useDictionariesSettings((settings) => settings);
  const { prompt } = useShownPrompt();
  const rested = useRested(text);
  if (textSource === 'prompt') return prompt?.on.prompt ?? null;
  return rested === '' ? null : { text: rested };
}

interface EncodedProps {
  readonly codes: PromptCodes;
  readonly card: DictionaryCard;
  readonly isStale: boolean;
}

function Encoded({ codes, card, isStale }: EncodedProps): ReactElement {
  const heat = useDictionariesSettings((settings) => settings.heat);
  const change = useChangeDictionaries();
  const open = useOpenFeature();
  const tokens = useMemo(() => codes.tokens.map((text) => ({ text })), [codes]);
  const labels = useMemo(() => labelsIn(codes), [codes]);
  const values = useMemo(() => (heat === null ? codes.error : valuesOfFeature(codes, heat)), [codes, heat]);
  const largest = values.reduce((most, value) => (value > most ? value : most), 0);
  const high = heat === null ? Math.max(1, Math.min(2, largest)) : largest || 1;
  const scale = { kind: 'sequential', low: 0, high } as const;
  const measure = heat === null ? '|x − x̂|² / |x|²' : `activation of ${featureName(heat, labels.get(heat))}`;
  return (
    <Panel
      title={heat === null ? 'Error' : featureName(heat, labels.get(heat))}
      controls={
        heat !== null && (
          <>
            <Button onClick={() => open(card.path, heat)}>Open its card</Button>
            <Button look="plain" onClick={() => change({ heat: null })}>
              Error instead
            </Button>
          </>
        )
      }
      caption={captionOf(codes)}
      aside={<Legend scale={scale} title={measure} width={96} />}
      exports={{ name: 'features of a text', csv: () => codesCsv(codes) }}
    >
      <div className="dict-drawn" data-stale={isStale}>
        <div className="dict-text">
          <TokenStrip {...{ tokens, values, scale, measure }} maxHeight={200} label="The text" />
        </div>
        <div className="dict-table">
          <TokenFeatures {...{ codes, labels, heat }} onHeat={(feature) => change({ heat: feature })} />
        </div>
      </div>
    </Panel>
  );
}

function captionOf({ tokens, features, error }: PromptCodes): string {
  const known = error.filter((value) => Number.isFinite(value));
  const mean = known.reduce((sum, value) => sum + value, 0) / Math.max(1, known.length);
  const each = features.length / Math.max(1, tokens.length);
  return `${tokens.length} tokens, ${formatNumber(each)} features each, mean error ${formatNumber(mean)}; press a feature to see it over the text`;
}

function codesCsv(codes: PromptCodes): string {
  const labels = labelsIn(codes);
  const rows = codes.tokens.flatMap((token, position) =>
    codesAt(codes, position).map(({ feature, value }) => {
      return [position, token, feature, labels.get(feature) ?? '', value, codes.error[position] ?? NaN];
    }),
  );
  return csvOf(['position', 'token', 'feature', 'label', 'activation', 'error'], rows);
}
