/** The prompts, only those in sight: arrow keys move the chosen one. */
import { useVirtualizer } from '@tanstack/react-virtual';
import type { KeyboardEvent, ReactElement } from 'react';
import { useEffect, useEffectEvent, useRef } from 'react';
import { useWorkspace } from '../../api/hooks.ts';
import { promptsName } from '../../api/jobs.ts';
import { useWorkbench } from '../../api/workbench.ts';
import { Button } from '../../parts/button.tsx';
import { Empty, Loading } from '../../parts/states.tsx';
import { PairActions } from './pairActions.tsx';
import { PairRow } from './pairRow.tsx';
import { steppedIndex } from './steppedIndex.ts';
import { useChangePrompts } from './promptsSettings.ts';
import { UnreadablePrompts } from './unreadablePrompts.tsx';
import { usePromptPage } from './usePromptPage.ts';

const ROW = 68;

export function PairList(): ReactElement {
  const prompts = useWorkspace((state) => state.prompts);
  const { data, error, refetch } = usePromptPage(0);
  const change = useChangePrompts();
  if (prompts === null)
    return (
      <Empty
        title="No prompts are chosen"
        action={<Button onClick={() => change({ mode: 'own' })}>Write a text</Button>}
      >
        Choose a task above, import a file, or write a text of your own.
      </Empty>
    );
  if (error !== null) return <UnreadablePrompts error={error} onRetry={() => void refetch()} />;
  if (data === undefined) return <Loading what="Making the prompts" />;
  return (
    <>
      <PairActions total={data.total} />
      <List key={promptsName(prompts)} total={data.total} label={`Prompts of ${data.name}`} />
    </>
  );
}

function List({ total, label }: { readonly total: number; readonly label: string }): ReactElement {
  const { workspace } = useWorkbench();
  const index = useWorkspace((state) => state.promptIndex);
  const scroller = useRef<HTMLDivElement>(null);
  const virtual = useVirtualizer({
    count: total,
    getScrollElement: () => scroller.current,
    estimateSize: () => ROW,
    overscan: 6,
  });
  const show = useEffectEvent(() => virtual.scrollToIndex(index));
  // What is chosen elsewhere comes into sight here.
  useEffect(() => show(), [index]);
  const choose = (to: number | null) => {
    if (to !== null) workspace.set({ promptIndex: to });
  };
  const move = (event: KeyboardEvent) => {
    const page = Math.max(1, Math.floor((scroller.current?.clientHeight ?? 0) / ROW) - 1);
    const to = steppedIndex(event.key, index, total, page);
    if (to === null) return;
    event.preventDefault();
    choose(to);
  };
  return (
    <div
      ref={scroller}
      className="pair-list"
      role="listbox"
      tabIndex={0}
      aria-label={label}
      aria-activedescendant={`pair-${index}`}
      onKeyDown={move}
      onClick={({ target }) => choose(indexUnder(target))}
    >
      <div role="presentation" style={{ height: virtual.getTotalSize(), position: 'relative' }}>
        {virtual.getVirtualItems().map((item) => (
          <PairRow key={item.index} index={item.index} total={total} top={item.start} isChosen={item.index === index} />
        ))}
      </div>
    </div>
  );
}

function indexUnder(target: EventTarget): number | null {
  const row = target instanceof Element ? target.closest<HTMLElement>('[data-index]') : null;
  return row === null ? null : Number(row.dataset['index']);
}
