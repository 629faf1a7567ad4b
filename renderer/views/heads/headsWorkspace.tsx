/** The place with a model: header, matrix, and the lower half with its tabs. */
import type { ReactElement } from 'react';
import { useRef } from 'react';
import { Group, Panel as Resizable, Separator } from 'react-resizable-panels';
import type { HeadShape } from '../../marks/headShape.ts';
import { Legend } from '../../marks/legend.tsx';
import type { Picture } from '../../marks/picture.ts';
import { Panel } from '../../parts/panel.tsx';
import { headRows, rowsCsv } from './headRows.ts';
import { LowerHalf } from './lowerHalf.tsx';
import { MatrixKey } from './matrixKey.tsx';
import { MatrixPanel } from './matrixPanel.tsx';
import { MeasureControls } from './measureControls.tsx';
import { quantityOf } from './otherMeasure.ts';
import { RankedTable } from './rankedTable.tsx';
import { RunMenu } from './runMenu.tsx';
import { Coming, FewPrompts, RunStrip } from './runStrip.tsx';
import type { Shown } from './shown.ts';
import { useShown, useShownScale } from './shown.ts';
import { useAwaitedRun } from './useAwaitedRun.ts';
import { useExportActions } from './useExportActions.ts';
import { useHeadsShortcuts } from './useHeadsShortcuts.ts';

export function HeadsWorkspace({ heads }: { readonly heads: HeadShape }): ReactElement {
  const shown = useShown(heads);
  const { measure, cells } = shown;
  const picture = useRef<Picture>(null);
  const actions = useExportActions(measure);
  useAwaitedRun();
  useHeadsShortcuts();
  return (
    <Panel
      title="Heads"
      className="heads"
      controls={
        <>
          <MeasureControls measure={measure} />
          <RunMenu heads={heads} />
        </>
      }
      aside={<Aside shown={shown} />}
      exports={{
        name: measure === null ? 'heads' : fileName(measure.title),
        picture: () => picture.current,
        ...(measure === null ? {} : { csv: () => rowsCsv(measure, headRows(measure, cells, heads)) }),
      }}
      table={() => <RankedTable shown={shown} />}
      actions={actions}
    >
      <Group orientation="vertical" className="heads-halves">
        <Resizable minSize="20%" defaultSize="46%">
          <div className="heads-upper">
            <RunStrip measure={measure} />
            <MatrixPanel shown={shown} picture={picture} />
            <MatrixKey measure={measure} />
          </div>
        </Resizable>
        <Separator className="pane-edge" aria-label="Height of the matrix" />
        <Resizable minSize="20%">
          <LowerHalf shown={shown} />
        </Resizable>
      </Group>
    </Panel>
  );
}

function Aside({ shown }: { readonly shown: Shown }): ReactElement {
  const { measure } = shown;
  const scale = useShownScale(measure);
  return (
    <>
      <Coming shown={shown} />
      <FewPrompts measure={measure} />
      {measure !== null && <Legend scale={scale} title={legendTitle(measure)} width={96} />}
    </>
  );
}

function legendTitle(measure: NonNullable<Shown['measure']>): string {
  // Criteria have long names; their rule's number leads to the whole one.
  const quantity = measure.call === 'importance' ? measure.short : quantityOf(measure);
  return measure.unit === '' ? quantity : `${quantity}, ${measure.unit}`;
}

/** `zero-ablation-logit-difference` */
function fileName(title: string): string {
  return title
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, '-')
    .replaceAll(/^-|-$/g, '');
}
