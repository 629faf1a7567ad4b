/** What the chosen needles, haystack and grid would run, or in words what is in the way. */
import type { RequestOf } from '../../../engine/results/contract.ts';
import type { NeedleText, RunSource } from '../../../engine/results/retrieve.ts';
import type { RetrievalSettings } from './retrievalSettings.ts';

export type NeedlePlan =
  { readonly kind: 'ready'; readonly runs: RunSource } | { readonly kind: 'problem'; readonly text: string };

export interface NeedleScene {
  /** Most tokens the model takes. */
  readonly context: number;
  /** The needles that come with the program. */
  readonly builtIn: readonly NeedleText[];
}

export type DetectionOptions = Pick<RequestOf<'retrieve'>, 'mode' | 'seed' | 'scores' | 'settle'>;

export function planNeedles(settings: RetrievalSettings, scene: NeedleScene): NeedlePlan {
  if (settings.source === 'file') {
    if (settings.file === null) return problem('Choose a file with a run a line: {"ids", "span", "maxNew", "answer"}.');
    return { kind: 'ready', runs: { kind: 'file', file: settings.file } };
  }
  const lengths = numbersIn(lengthsOf(settings, scene.context));
  const depths = numbersIn(settings.depths);
  const needles = needlesOf(settings, scene.builtIn);
  const reason = problemOf(settings, { ...scene, lengths, depths, needles });
  if (reason !== null || lengths === null || depths === null) return problem(reason ?? '');
  const { haystack, template, prompt, maxNew } = settings;
  return {
    kind: 'ready',
    runs: {
      ...{ kind: 'grid', grids: [{ lengths, depths }], needles, template, prompt },
      haystack: haystack === null ? { kind: 'stories' } : { kind: 'texts', ...haystack },
      ...(maxNew === null ? {} : { maxNew }),
    },
  };
}

function problem(text: string): NeedlePlan {
  return { kind: 'problem', text };
}

interface Read extends NeedleScene {
  readonly lengths: readonly number[] | null;
  readonly depths: readonly number[] | null;
  readonly needles: readonly NeedleText[];
}

function problemOf(settings: RetrievalSettings, { lengths, depths, needles, context }: Read): string | null {
  if (needles.length === 0) return 'Choose a needle.';
  const unfinished = needles.find((needle) => lackIn(needle) !== null);
  if (unfinished !== undefined) return `Needle ${unfinished.id}: ${lackIn(unfinished)}`;
  if (lengths === null || lengths.some((length) => !Number.isInteger(length) || length < 1))
    return 'Lengths are whole numbers of tokens: 512, 1800.';
  if (lengths.some((length) => length > context)) return `This model takes ${context} tokens at most.`;
  if (depths === null || depths.some((depth) => depth < 0 || depth > 100))
    return 'Depths are percents from 0 to 100: 0, 33, 67, 100.';
  if (settings.mode === 'forced' && settings.prompt === 'steps')
    return 'With the answer given there is no room for steps: let the model answer, or ask for the answer only.';
  return null;
}

/** What a needle of one's own still needs; null for one that is whole. */
export function lackIn({ sentence, question, answer }: NeedleText): string | null {
  if (answer.trim() === '') return 'it needs an answer';
  if (question.trim() === '') return 'it needs a question';
  return sentence.split('[answer]').length === 2 ? null : 'its sentence needs [answer] once, where the answer stands';
}

/** Two lengths that a small model holds, or half and most of its context. */
export function lengthsOf({ lengths }: Pick<RetrievalSettings, 'lengths'>, context: number): string {
  if (lengths !== null) return lengths;
  return context >= 2048 ? '512, 1800' : `${Math.floor(context * 0.5)}, ${Math.floor(context * 0.85)}`;
}

/** `512, 1800`; null for anything else than numbers, or none. */
export function numbersIn(text: string): readonly number[] | null {
  const words = text.split(/[\s,;]+/).filter((word) => word !== '');
  const numbers = words.map((word) => (/^\d+(\.\d+)?$/.test(word) ? Number(word) : NaN));
  return numbers.length > 0 && numbers.every(Number.isFinite) ? [...new Set(numbers)] : null;
}

/** Those that are hidden, in their order. */
function needlesOf(
  { chosen, own }: Pick<RetrievalSettings, 'chosen' | 'own'>,
  builtIn: readonly NeedleText[],
): readonly NeedleText[] {
  const ids = chosen ?? usuallyChosen(builtIn);
  return [...builtIn, ...own].filter(({ id }) => ids.includes(id));
}

export function usuallyChosen(builtIn: readonly NeedleText[]): readonly string[] {
  return builtIn.filter(({ kind }) => kind === 'copy').map(({ id }) => id);
}

/** What a detection asks beside its runs. */
export function optionsOf({ mode, seed, scores, settle }: RetrievalSettings): DetectionOptions {
  return { mode, seed, ...(scores.length === 0 ? {} : { scores }), ...(settle ? { settle } : {}) };
}
