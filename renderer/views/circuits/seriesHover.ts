/**
 * Pointing at a method anywhere (a line, its name, its row) lights it everywhere in the place. Whatever stands for a method
 * carries `data-series`; nothing is rendered.
 */
import type { MouseEvent, PointerEvent, RefObject } from 'react';
import { useMemo, useRef } from 'react';

export interface SeriesHover {
  readonly ref: RefObject<HTMLDivElement | null>;
  readonly onPointerOver: (event: PointerEvent) => void;
  readonly onPointerLeave: () => void;
  readonly onClick: (event: MouseEvent) => void;
}

export function useSeriesHover(onChoose: (id: string) => void): SeriesHover {
  const ref = useRef<HTMLDivElement>(null);
  return useMemo(
    () => ({
      ref,
      onPointerOver: ({ target }) => light(ref.current, seriesOf(target)),
      onPointerLeave: () => light(ref.current, null),
      onClick: ({ target }) => {
        const id = seriesOf(target);
        if (id !== null) onChoose(id);
      },
    }),
    [onChoose],
  );
}

function seriesOf(target: EventTarget): string | null {
  if (!(target instanceof Element)) return null;
  const own =
    target.closest<SVGElement | HTMLElement>('[data-series]') ??
    target.closest('tr')?.querySelector<HTMLElement>('[data-series]');
  return own?.dataset['series'] ?? null;
}

function light(root: HTMLDivElement | null, id: string | null): void {
  if (root === null || root.dataset['lit'] === (id ?? undefined)) return;
  for (const element of root.querySelectorAll('[data-series][data-lit]')) element.removeAttribute('data-lit');
  if (id === null) {
    delete root.dataset['lit'];
    return;
  }
  root.dataset['lit'] = id;
  for (const element of root.querySelectorAll(`[data-series="${CSS.escape(id)}"]`))
    element.setAttribute('data-lit', '');
}
