/** The pruned model as one ONNX graph with a cache. */
import type { ReactElement } from 'react';
import { useState } from 'react';
import type { HeadRef } from '../../../engine/results/units.ts';
import { Button } from '../../parts/button.tsx';
import { Section } from '../../parts/section.tsx';
import { FolderField } from './folderField.tsx';
import type { PruneModel } from './pruneModel.ts';
import { wholeWords } from './pruneWords.ts';
import { useFileWriting } from './useFileWriting.ts';
import { WriteState } from './writeState.tsx';

interface WriteOnnxProps {
  readonly model: PruneModel;
  readonly heads: readonly HeadRef[];
}

export function WriteOnnx({ model, heads }: WriteOnnxProps): ReactElement {
  const [out, setOut] = useState('');
  const { writing, write } = useFileWriting('onnx');
  return (
    <Section title="ONNX" aside="one graph with a KV cache">
      <FolderField value={out} onChange={setOut} />
      <Button
        icon="download"
        disabled={out.trim() === '' || writing.kind === 'writing'}
        onClick={() => write({ model: model.choice.model, heads, kvGroups: [], out })}
      >
        Write ONNX
      </Button>
      <WriteState
        writing={writing}
        done={({ folder, files, parameters, zeroedLayers }) => (
          <p>
            {`Written to ${folder}: ${files.join(', ')}; ${wholeWords(parameters)} parameters`}
            {zeroedLayers.length > 0 && `; heads of layers ${zeroedLayers.join(', ')} stay as zeros`}.
          </p>
        )}
      />
    </Section>
  );
}
