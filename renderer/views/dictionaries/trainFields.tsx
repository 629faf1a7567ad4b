/** What a training is told: what it reads, which kinds, on which text, for how long. */
import type { ReactElement } from 'react';
import type { DictionarySite } from '../../../engine/results/dictionaries.ts';
import { usualLearningRate } from '../../../engine/results/usualLearningRate.ts';
import { formatNumber } from '../../marks/format.ts';
import { Field } from '../../parts/field.tsx';
import { TextInput } from '../../parts/input.tsx';
import { Section } from '../../parts/section.tsx';
import { Segments } from '../../parts/segments.tsx';
import { Select } from '../../parts/select.tsx';
import { LabelledNumber, OptionalNumber } from '../retrieval/labelledNumber.tsx';
import type { HeadScope } from './dictionariesSettings.ts';
import { useTrain } from './dictionariesSettings.ts';
import { ControlFields } from './controlFields.tsx';
import { proposedWork } from './proposedWork.ts';
import { hasHeads, headsText, layersText } from './trainPlaces.ts';
import type { TrainScene } from './trainPlan.ts';
import { RowFields } from './rowFields.tsx';
import { VariantFields } from './variantFields.tsx';

const sites: readonly { readonly value: DictionarySite; readonly title: string; readonly detail: string }[] = [
  { value: 'z', title: 'z', detail: 'what a head read, before its output matrix' },
  { value: 'headWrite', title: 'head writes', detail: 'what a head adds to the stream' },
  { value: 'attnOut', title: 'attention output', detail: 'all heads of a layer together' },
  { value: 'mlpOut', title: 'MLP output', detail: 'what the MLP adds' },
  { value: 'residPre', title: 'stream before a layer', detail: 'residPre' },
  { value: 'residMid', title: 'stream within a layer', detail: 'residMid' },
  { value: 'residPost', title: 'stream after a layer', detail: 'residPost' },
];

const scopes: readonly { readonly value: HeadScope; readonly title: string }[] = [
  { value: 'heads', title: 'Each its own' },
  { value: 'concatenated', title: 'Side by side' },
  { value: 'each', title: 'As rows' },
];

const scopeWords: Readonly<Record<HeadScope, string>> = {
  heads: 'A dictionary for each head that is named.',
  concatenated: 'One dictionary reads all heads of a layer side by side: features may lie across heads.',
  each: 'One dictionary whose rows are the heads of a layer, one head a row.',
};

export function TrainFields({ scene }: { readonly scene: TrainScene }): ReactElement {
  return (
    <>
      <Section title="Reads">
        <ReadsFields scene={scene} />
      </Section>
      <Section title="Kinds">
        <VariantFields kinds={scene.kinds} />
      </Section>
      <Section title="Text">
        <RowFields scene={scene} />
      </Section>
      <Section title="Training">
        <StepFields scene={scene} />
      </Section>
      <Section title="Controls beside each">
        <ControlFields scene={scene} />
      </Section>
    </>
  );
}

function ReadsFields({ scene }: { readonly scene: TrainScene }): ReactElement {
  const [train, change] = useTrain();
  const { site, scope } = train;
  return (
    <div className="form">
      <Field label="Site">
        {({ id }) => (
          <Select id={id} label="Site" value={site} options={sites} onChange={(next) => change({ site: next })} />
        )}
      </Field>
      {hasHeads(site) && (
        <>
          <Segments label="Heads" value={scope} options={scopes} onChange={(next) => change({ scope: next })} />
          <p className="sweeps-quiet">{scopeWords[scope]}</p>
        </>
      )}
      {hasHeads(site) && scope === 'heads' ? (
        <Field label="Heads" hint="From the selection unless typed: L1H0, L2H3.">
          {(ids) => (
            <TextInput
              {...ids}
              className="dict-code"
              value={train.heads ?? ''}
              placeholder={headsText(train, scene.heads)}
              onChange={(heads) => change({ heads: heads === '' ? null : heads })}
            />
          )}
        </Field>
      ) : (
        <Field label="Layers" hint="A dictionary for each: 1, 2.">
          {(ids) => (
            <TextInput
              {...ids}
              className="dict-code"
              value={train.layers ?? ''}
              placeholder={layersText(train, scene.heads)}
              onChange={(layers) => change({ layers: layers === '' ? null : layers })}
            />
          )}
        </Field>
      )}
    </div>
  );
}

const normalisations = [
  { value: 'averageNorm', title: 'mean length √D', detail: 'one factor for all rows' },
  { value: 'constantNorm', title: 'every length √D' },
  { value: 'layerNorm', title: 'layer norm' },
  { value: 'none', title: 'none' },
] as const;

function StepFields({ scene }: { readonly scene: TrainScene }): ReactElement {
  const [{ features, steps, batch, learningRate, normalisation, seed, lossTokens }, change] = useTrain();
  const usual = usualLearningRate({ features, steps });
  return (
    <div className="form">
      <LabelledNumber label="Features" value={features} min={1} onChange={(next) => change({ features: next })} />
      <LabelledNumber
        label="Steps"
        value={steps}
        min={1}
        max={10_000_000}
        onChange={(next) => change({ steps: next })}
      />
      <LabelledNumber label="Rows a step" value={batch} min={1} onChange={(next) => change({ batch: next })} />
      <OptionalNumber
        label="Learning rate"
        auto={`${formatNumber(usual)}, the usual`}
        value={learningRate}
        usual={usual}
        min={1e-8}
        max={10}
        isWhole={false}
        onChange={(next) => change({ learningRate: next })}
      />
      <Field label="Rows are scaled to">
        {({ id }) => (
          <Select
            id={id}
            label="Rows are scaled to"
            value={normalisation}
            options={normalisations}
            onChange={(next) => change({ normalisation: next })}
          />
        )}
      </Field>
      <LabelledNumber
        label="Tokens of recovered loss, 0: none"
        value={lossTokens ?? proposedWork(scene.shape).lossTokens}
        onChange={(next) => change({ lossTokens: next })}
      />
      <LabelledNumber label="Seed" value={seed} onChange={(next) => change({ seed: next })} />
    </div>
  );
}
