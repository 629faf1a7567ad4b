/** Takes the query heads of KV heads along: into the set that Ablate paints, or as the edits that make them stream. */
import type { ReactElement } from 'react';
import type { StreamingHeader } from '../../../engine/results/streamingHeads.ts';
import { matrixCells } from '../../api/matrixCells.ts';
import { useWorkbench } from '../../api/workbench.ts';
import { Button } from '../../parts/button.tsx';
import { copyText } from '../../parts/copyText.ts';
import { headsShapeOf } from '../prune/headsShapeOf.ts';
import { streamEdits } from './streamEdits.ts';

interface StreamTheseHeadsProps {
  readonly shape: StreamingHeader['shape'];
  /** layer * kvHeads + KV head of each that streams. */
  readonly cells: readonly number[];
  readonly window: { readonly sink: number; readonly recent: number };
}

export function StreamTheseHeads({ shape, cells, window }: StreamTheseHeadsProps): ReactElement {
  const { selection, undo } = useWorkbench();
  const { headsIn } = matrixCells(headsShapeOf({ shape }), 'kv-group');
  const heads = cells.flatMap(headsIn);
  const select = () => {
    const end = undo.gesture();
    selection.setSet(heads);
    end();
  };
  return (
    <>
      <Button look="plain" disabled={heads.length === 0} onClick={select}>
        Make it the set
      </Button>
      <Button
        look="plain"
        disabled={heads.length === 0}
        onClick={() => void copyText(streamEdits(heads, window))}
        title="For --edit of headscope run and generate"
      >
        Copy as edits
      </Button>
    </>
  );
}
