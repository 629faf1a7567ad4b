/** Which runs are listed, and what each is beside. */
import type { RunState, RunSummary } from '../../../engine/results/runs.ts';
import { isActive } from '../../shell/jobStates.ts';

export type StateFilter = 'active' | Extract<RunState, 'done' | 'cancelled' | 'failed' | 'interrupted'>;

/** Null: all. */
export interface RunFilter {
  /** Words that must all be there, in title, note, tags, prompts, model or id. */
  readonly text: string;
  readonly call: RunSummary['call'] | null;
  readonly state: StateFilter | null;
  readonly tag: string | null;
}

/** What the list on disk says, overtaken by what the engine says of jobs that go on; newest first. */
export function liveRuns(listed: readonly RunSummary[], jobs: readonly RunSummary[]): readonly RunSummary[] {
  const live = new Map(jobs.filter(isActive).map((job) => [job.id, job]));
  const known = new Set(listed.map(({ id }) => id));
  const fresh = [...live.values()].filter(({ id }) => !known.has(id));
  return [...fresh, ...listed.map((run) => live.get(run.id) ?? run)];
}

export function filterRuns(runs: readonly RunSummary[], { text, call, state, tag }: RunFilter): readonly RunSummary[] {
  const words = text.toLowerCase().split(/\s+/).filter(Boolean);
  return runs.filter(
    (run) =>
      (call === null || run.call === call) &&
      (state === null || (state === 'active' ? isActive(run) : run.state === state)) &&
      (tag === null || run.tags.includes(tag)) &&
      hasWords(run, words),
  );
}

export function isFiltered({ text, call, state, tag }: RunFilter): boolean {
  return text.trim() !== '' || call !== null || state !== null || tag !== null;
}

function hasWords({ title, note, tags, prompts, model, id }: RunSummary, words: readonly string[]): boolean {
  const all = [title, note, ...tags, prompts?.name ?? '', model?.name ?? '', id].join('\n').toLowerCase();
  return words.every((word) => all.includes(word));
}

/** All tags that runs have, in the order of the alphabet. */
export function tagsOf(runs: readonly RunSummary[]): readonly string[] {
  return [...new Set(runs.flatMap(({ tags }) => tags))].sort((a, b) => a.localeCompare(b, 'en'));
}

export function callsOf(runs: readonly RunSummary[]): readonly RunSummary['call'][] {
  return [...new Set(runs.map(({ call }) => call))].sort();
}

/**
 * What a run is compared with before the user chooses: what it came from, else the newest of its kind on its model, of as
 * many rows and on the same prompts where there is one.
 */
export function proposedOther(run: RunSummary, runs: readonly RunSummary[]): RunSummary | null {
  const others = runs.filter(({ id }) => id !== run.id);
  const like = others.filter((other) => other.call === run.call && other.model?.path === run.model?.path);
  const long = like.filter(({ rows }) => rows === run.rows);
  const onSame = long.find(({ prompts }) => prompts?.name === run.prompts?.name);
  return others.find(({ id }) => id === run.from) ?? onSame ?? long[0] ?? like[0] ?? null;
}

/** `paper, ioi` as tags: each once, without the blanks around. */
export function readTags(text: string): readonly string[] {
  const tags = text.split(',').map((tag) => tag.trim());
  return [...new Set(tags.filter((tag) => tag !== ''))];
}
