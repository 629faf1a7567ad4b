/** The prompt that is looked at, with its tokens: one of the chosen prompts, or a text of one's own. */
import { useMemo } from 'react';
import type { RequestOf, ResultOf } from '../../../engine/results/contract.ts';
import type { TokenInfo } from '../../../engine/results/promptSets.ts';
import { Fault } from '../../../engine/terms/fault.ts';
import { useIsResident, useModelInfo, useWorkspace } from '../../api/hooks.ts';
import type { Asked } from '../../api/queries.ts';
import { usePrompts, useTokens } from '../../api/queries.ts';
import type { Token } from '../../marks/tokens/token.ts';
import { ownPrompt } from './ownPrompt.ts';
import type { AttentionSettings } from './settings.ts';
import { useQuiet } from './useQuiet.ts';

interface Row {
  readonly ids: readonly number[];
  readonly tokens: readonly Token[];
}

export interface ReadyPrompt extends Row {
  readonly kind: 'ready';
  /** `IOI, prompt 1 of 64`. */
  readonly words: string;
  /** Its twin, where it has one as long. */
  readonly corrupt: Row | null;
  /** Why it has none. */
  readonly noCorrupt: string;
}

export type ShownPrompt =
  | ReadyPrompt
  | { readonly kind: 'none' }
  | { readonly kind: 'loading' }
  | { readonly kind: 'error'; readonly error: Error; readonly retry: (() => void) | null };

export function useShownPrompt({ source, text }: AttentionSettings): ShownPrompt {
  const chosen = useChosenPrompt(source === 'prompts');
  const own = useOwnPrompt(source === 'text' ? text : '');
  return source === 'prompts' ? chosen : own;
}

/** The workspace's prompt; asks nothing while it is not looked at. */
export function useChosenPrompt(isAsked: boolean): ShownPrompt {
  const model = useWorkspace((state) => state.model);
  const prompts = useWorkspace((state) => state.prompts);
  const index = useWorkspace((state) => state.promptIndex);
  const isResident = useIsResident();
  const request = isAsked && isResident && model !== null && prompts !== null;
  const asked = usePrompts(request ? { ...model, prompts, from: index, count: 1 } : null);
  return useMemo(() => (request ? answerOf(asked, chosenOf) : { kind: 'none' }), [request, asked]);
}

function useOwnPrompt(text: string): ShownPrompt {
  const model = useWorkspace((state) => state.model);
  const isResident = useIsResident();
  const hasTokenizer = useModelInfo()?.tokenizer.kind !== 'absent';
  const quiet = useQuiet(text);
  const read = useMemo(() => readPrompt(quiet, hasTokenizer), [quiet, hasTokenizer]);
  const input = read instanceof Fault ? null : read;
  const isAsked = model !== null && isResident && input !== null;
  const asked = useTokens(isAsked ? { ...model, input } : null);
  return useMemo(() => {
    if (read instanceof Fault) return { kind: 'error', error: read, retry: null };
    return isAsked ? answerOf(asked, ownOf) : { kind: 'none' };
  }, [read, isAsked, asked]);
}

function readPrompt(text: string, hasTokenizer: boolean): RequestOf<'tokens'>['input'] | Fault | null {
  try {
    return ownPrompt(text, hasTokenizer);
  } catch (error) {
    if (error instanceof Fault) return error;
    throw error;
  }
}

function answerOf<C extends 'prompts' | 'tokens'>(
  { data, error, refetch }: Asked<C>,
  read: (data: ResultOf<C>) => ReadyPrompt | null,
): ShownPrompt {
  if (error !== null) return { kind: 'error', error, retry: () => void refetch() };
  return data === undefined ? { kind: 'loading' } : (read(data) ?? { kind: 'none' });
}

function chosenOf({ name, total, pairs }: ResultOf<'prompts'>): ReadyPrompt | null {
  const pair = pairs[0];
  if (pair === undefined) return null;
  const isTwin = pair.corrupt !== null && pair.corrupt.length === pair.clean.length;
  return {
    kind: 'ready',
    words: `${name}, prompt ${pair.index + 1} of ${total}`,
    ...rowOf(pair.clean),
    corrupt: isTwin ? rowOf(pair.corrupt ?? []) : null,
    noCorrupt: pair.corrupt === null ? 'this prompt has no corrupt twin' : 'its corrupt twin has another length',
  };
}

function ownOf({ tokens }: ResultOf<'tokens'>): ReadyPrompt | null {
  if (tokens.length === 0) return null;
  return {
    kind: 'ready',
    words: 'own text',
    ...rowOf(tokens),
    corrupt: null,
    noCorrupt: 'a text of one\u2019s own has no corrupt twin',
  };
}

function rowOf(infos: readonly TokenInfo[]): Row {
  const tokens = infos.map(({ id, text, special }) => ({ id, text, ...(special ? { special } : {}) }));
  return { ids: infos.map(({ id }) => id), tokens };
}
