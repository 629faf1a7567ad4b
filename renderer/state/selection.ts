/**
 * The selection bus. Three levels: hover (transient, outside React), the set of heads, and one primary head; beside them a
 * pinned head to compare with, and the token whose query or key is looked at. Every view reads and writes it here.
 */
import { createStore } from 'zustand/vanilla';
import type { StoreApi } from 'zustand/vanilla';
import type { HeadRef } from '../../engine/results/units.ts';
import type { HeadShape } from '../marks/headShape.ts';
import type { WritableHighlight } from '../marks/highlight.ts';
import { createHighlight } from '../marks/highlight.ts';
import { allHeads, headsBetween, headsOfLayer, includesHead, sameHead, uniteHeads, withoutHeads } from './headRefs.ts';

export interface SelectionState {
  /** In order, each once. */
  readonly set: readonly HeadRef[];
  readonly primary: HeadRef | null;
  readonly pinned: HeadRef | null;
  /** Positions in the shown prompt. */
  readonly query: number | null;
  readonly key: number | null;
  /** Layer that the lens or the patching looks at. */
  readonly layer: number | null;
}

const nothingSelected: SelectionState = {
  set: [],
  primary: null,
  pinned: null,
  query: null,
  key: null,
  layer: null,
};

export interface Selection {
  readonly store: StoreApi<SelectionState>;
  /** The cell that is pointed at, numbered as in marks/headShape.ts. */
  readonly hover: WritableHighlight;
  /** While locked, hover stays where it is. */
  readonly hoverLock: StoreApi<boolean>;
  readonly toggleHoverLock: () => void;
  /** The token position that is pointed at. */
  readonly hoverToken: WritableHighlight;
  /** The primary head; does not change the set. */
  readonly setPrimary: (head: HeadRef | null) => void;
  readonly setSet: (heads: readonly HeadRef[]) => void;
  readonly toggle: (head: HeadRef) => void;
  readonly add: (heads: readonly HeadRef[]) => void;
  readonly remove: (heads: readonly HeadRef[]) => void;
  /** Adds the rectangle from the primary head to this one, which becomes the primary. */
  readonly extendTo: (head: HeadRef, shape: HeadShape) => void;
  readonly invert: (shape: HeadShape) => void;
  /** Adds all heads of a layer; removes them where all are in. */
  readonly toggleLayer: (layer: number, shape: HeadShape) => void;
  readonly clear: () => void;
  /** Pins the primary head; unpins it where it is pinned. */
  readonly togglePin: () => void;
  readonly setPinned: (head: HeadRef | null) => void;
  readonly setTokens: (tokens: { readonly query?: number | null; readonly key?: number | null }) => void;
  readonly setLayer: (layer: number | null) => void;
}

export function createSelection(): Selection {
  const store = createStore<SelectionState>(() => nothingSelected);
  const change = (next: (state: SelectionState) => Partial<SelectionState>) => store.setState(next);
  const setSet = (next: (set: readonly HeadRef[]) => readonly HeadRef[]) =>
    change(({ set }) => ({ set: uniteHeads(next(set)) }));
  const hoverLock = createStore<boolean>(() => false);
  const isFree = () => !hoverLock.getState();
  return {
    store,
    hover: lockable(createHighlight(), isFree),
    hoverToken: lockable(createHighlight(), isFree),
    hoverLock,
    toggleHoverLock: () => hoverLock.setState(isFree(), true),
    setPrimary: (head) => change(({ primary }) => (sameHead(primary, head) ? {} : { primary: head })),
    setSet: (heads) => setSet(() => heads),
    toggle: (head) => setSet((set) => (includesHead(set, head) ? withoutHeads(set, [head]) : [...set, head])),
    add: (heads) => setSet((set) => [...set, ...heads]),
    remove: (heads) => setSet((set) => withoutHeads(set, heads)),
    extendTo: (head, shape) =>
      change(({ set, primary }) => ({
        set: uniteHeads(set, headsBetween(shape, primary ?? head, head)),
        primary: head,
      })),
    invert: (shape) => setSet((set) => withoutHeads(allHeads(shape), set)),
    toggleLayer: (layer, shape) =>
      setSet((set) => {
        const heads = headsOfLayer(shape, layer);
        return heads.every((head) => includesHead(set, head)) ? withoutHeads(set, heads) : [...set, ...heads];
      }),
    clear: () => setSet(() => []),
    togglePin: () => change(({ primary, pinned }) => ({ pinned: sameHead(primary, pinned) ? null : primary })),
    setPinned: (pinned) => change(() => ({ pinned })),
    setTokens: (tokens) => change(() => tokens),
    setLayer: (layer) => change(() => ({ layer })),
  };
}

function lockable(highlight: WritableHighlight, isFree: () => boolean): WritableHighlight {
  return { ...highlight, set: (index) => (isFree() ? highlight.set(index) : undefined) };
}
