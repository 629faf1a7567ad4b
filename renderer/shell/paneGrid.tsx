/**
 * One to four panes: one alone; two side by side; one over two; two over two. Sizes are kept while the number of panes stays
 * the same.
 */
import type { ReactElement } from 'react';
import { useMemo } from 'react';
import { Group, Panel, Separator } from 'react-resizable-panels';
import { useWorkspace } from '../api/hooks.ts';
import { useWorkbench } from '../api/workbench.ts';
import { ErrorBoundary } from '../parts/errorBoundary.tsx';
import type { Pane } from '../parts/paneContext.ts';
import { PaneContext } from '../parts/paneContext.ts';
import { Empty } from '../parts/states.tsx';
import { MOST_PANES } from '../state/workspace.ts';
import { viewOf } from './viewOf.ts';

export function PaneGrid(): ReactElement {
  const count = useWorkspace((state) => state.panes.length);
  const full = useWorkspace((state) => state.full);
  if (full !== null) return <PaneAt index={full} />;
  if (count <= 2) return <Row from={0} count={count} />;
  const above = count - 2;
  return (
    <Group orientation="vertical" className="pane-row" key={count}>
      <Panel minSize="15%">
        <Row from={0} count={above} />
      </Panel>
      <Separator className="pane-edge" aria-label="Height of the upper panes" />
      <Panel minSize="15%">
        <Row from={above} count={2} />
      </Panel>
    </Group>
  );
}

function Row({ from, count }: { readonly from: number; readonly count: number }): ReactElement {
  if (count === 1) return <PaneAt index={from} />;
  return (
    <Group orientation="horizontal" className="pane-row">
      <Panel minSize="15%">
        <PaneAt index={from} />
      </Panel>
      <Separator className="pane-edge" aria-label="Width of the left pane" />
      <Panel minSize="15%">
        <PaneAt index={from + 1} />
      </Panel>
    </Group>
  );
}

function PaneAt({ index }: { readonly index: number }): ReactElement {
  const { workspace } = useWorkbench();
  const place = useWorkspace((state) => state.panes[index] ?? 'heads');
  const pane = usePaneState(index);
  const view = viewOf(place);
  const focus = () => workspace.focus(index);
  return (
    <PaneContext value={pane}>
      <div
        className="pane"
        data-focused={pane.isFocused && pane.close !== null}
        onPointerDownCapture={focus}
        onFocusCapture={focus}
      >
        {view === null ? (
          <Empty title="There is no such place">Choose one on the left.</Empty>
        ) : (
          <ErrorBoundary key={place}>
            <view.Component />
          </ErrorBoundary>
        )}
      </div>
    </PaneContext>
  );
}

function usePaneState(index: number): Pane {
  const { workspace } = useWorkbench();
  const count = useWorkspace((state) => state.panes.length);
  const isFocused = useWorkspace((state) => state.focused === index);
  const isFull = useWorkspace((state) => state.full === index);
  const place = useWorkspace((state) => state.panes[index] ?? 'heads');
  return useMemo(
    () => ({
      index,
      isFocused,
      isFull,
      toggleFull: () => workspace.toggleFull(index),
      split: count < MOST_PANES ? () => workspace.split(place) : null,
      close: count > 1 ? () => workspace.closePane(index) : null,
    }),
    [workspace, index, isFocused, isFull, count, place],
  );
}
