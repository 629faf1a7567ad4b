/** The circuit that is looked at: the best k of the chosen method, and what was changed by hand. */
import { useMemo } from 'react';
import type { HeadRef } from '../../../engine/results/units.ts';
import { useWorkbench } from '../../api/workbench.ts';
import { headName } from '../../state/headNames.ts';
import type { ByHand } from './circuitChoice.ts';
import { circuitNodes, handWithin, handWords, nothingByHand, toggled, usualSize } from './circuitChoice.ts';
import { rankingOf } from './circuitRows.ts';
import { useChangeCircuits, useCircuits } from './circuitsSettings.ts';
import { headOfNode, orderedNodes } from './nodeRows.ts';
import type { ShownCircuit } from './useShownCircuit.ts';

export interface CircuitChoice {
  /** Best first. */
  readonly order: readonly string[];
  readonly k: number;
  readonly hand: ByHand;
  readonly nodes: readonly string[];
  /** `+L1H2 −L3H0` */
  readonly changes: string;
  readonly slideTo: (k: number) => void;
  readonly toggle: (node: string) => void;
  readonly clearHand: () => void;
  readonly intoSet: () => void;
  readonly fromSet: () => void;
}

const none: readonly string[] = [];

export function useCircuitChoice({ view, method, reference }: ShownCircuit): CircuitChoice {
  const { selection, undo } = useWorkbench();
  const change = useChangeCircuits();
  const by = useCircuits((settings) => settings.order);
  const wanted = useCircuits((settings) => settings.k);
  const ranked = view.header.nodes;
  const changed = useCircuits((settings) => settings.hand);
  const hand = useMemo(() => handWithin(changed, ranked), [changed, ranked]);
  const order = useMemo(() => {
    const ranking = method === null ? null : rankingOf(view, method.id);
    return ranking === null ? none : orderedNodes(view.header, ranking, by);
  }, [view, method, by]);
  const k = Math.min(wanted ?? usualSize(ranked.length, reference?.nodes ?? null), order.length);
  const nodes = useMemo(() => circuitNodes(order, k, hand), [order, k, hand]);
  return {
    ...{ order, k, hand, nodes, changes: handWords(order, k, hand) },
    slideTo: (next) => change({ k: next }),
    toggle: (node) => change({ k, hand: toggled(order, k, hand, node) }),
    clearHand: () => change({ hand: nothingByHand }),
    intoSet: () => {
      const end = undo.gesture();
      selection.setSet(headsOf(nodes));
      end();
    },
    fromSet: () => {
      const heads = selection.store.getState().set.map(headName);
      change({ k: 0, hand: { added: heads.filter((head) => ranked.includes(head)), removed: [] } });
    },
  };
}

function headsOf(nodes: readonly string[]): readonly HeadRef[] {
  return nodes.map(headOfNode).filter((head) => head !== null);
}
