/** The model without its heads as safetensors: what will be written is said first. */
import type { ReactElement } from 'react';
import { useState } from 'react';
import type { RequestOf, ResultOf } from '../../../engine/results/contract.ts';
import type { HeadRef } from '../../../engine/results/units.ts';
import { formatNumber } from '../../marks/format.ts';
import { Button } from '../../parts/button.tsx';
import { Section } from '../../parts/section.tsx';
import { Segments } from '../../parts/segments.tsx';
import { Switch } from '../../parts/switch.tsx';
import { headName } from '../../state/headNames.ts';
import { wholeWords } from './pruneWords.ts';
import { FolderField } from './folderField.tsx';
import type { PruneModel } from './pruneModel.ts';
import type { Scene } from './scene.ts';
import { useFileWriting } from './useFileWriting.ts';
import { WriteState } from './writeState.tsx';

type Form = RequestOf<'prune'>['form'];

interface WriteCheckpointProps {
  readonly model: PruneModel;
  readonly scene: Scene;
  readonly heads: readonly HeadRef[];
}

const forms = [
  { value: 'zero', title: 'Zeroed, same shapes' },
  { value: 'remove', title: 'Smaller' },
] as const;

const about: Readonly<Record<Form, string>> = {
  zero: 'The output projections of these heads become 0: it loads anywhere, and nothing gets smaller or faster.',
  remove:
    'Tensors lose these heads. Where the family’s config can say it, others load it too; else the shapes of each layer are in headscope-pruned.json and only Headscope loads it. The result says which.',
};

export function WriteCheckpoint({ model, scene, heads }: WriteCheckpointProps): ReactElement {
  const [form, setForm] = useState<Form>('zero');
  const [compensates, setCompensates] = useState(false);
  const [out, setOut] = useState('');
  const { writing, write } = useFileWriting('prune');
  const request: RequestOf<'prune'> = {
    ...{ ...model.choice, heads, kvGroups: [], form, out },
    ...(compensates ? { compensateOver: { texts: scene.texts, seed: scene.seed } } : {}),
    ...(form === 'zero' ? { emptyLayers: true } : {}),
  };
  return (
    <Section title="Checkpoint" aside="config, tokenizer and safetensors">
      <Segments label="Form" value={form} options={forms} onChange={setForm} />
      <p className="sweeps-quiet">{about[form]}</p>
      <Switch
        label="Their mean output over the text goes into the output bias (FLAP)"
        isOn={compensates}
        onChange={setCompensates}
      />
      <details className="prune-heads">
        <summary>{`${formatNumber(heads.length)} heads go`}</summary>
        <code>{heads.map(headName).join(' ')}</code>
      </details>
      <FolderField value={out} onChange={setOut} />
      <Button
        look="primary"
        icon="download"
        disabled={out.trim() === '' || writing.kind === 'writing'}
        onClick={() => write(request)}
      >
        Write the checkpoint
      </Button>
      <WriteState writing={writing} done={(result) => <Written result={result} />} />
    </Section>
  );
}

function Written({ result }: { readonly result: ResultOf<'prune'> }): ReactElement {
  const { folder, files, form, rule, before, after, changed, warnings } = result;
  const sizes = `${wholeWords(before.parameters)} → ${wholeWords(after.parameters)} parameters, KV cache ${formatNumber(before.kvBytesPerToken)} → ${formatNumber(after.kvBytesPerToken)} bytes a token`;
  return (
    <>
      <p>{`Written to ${folder}: ${files.join(', ')}.`}</p>
      <p className="sweeps-quiet">{`${form}: ${rule}. ${sizes}. ${formatNumber(changed.length)} tensors differ.`}</p>
      {warnings.map((warning) => (
        <p key={warning} className="sweeps-problem">
          {warning}
        </p>
      ))}
    </>
  );
}
