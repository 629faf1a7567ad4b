/** A detection as LOCOS envelopes: one for the copy counts, one for each other score. Imports results only. */
import type { HeadStatistics, RetrievedHead, RetrievedRun, RetrieveHeader } from '../results/retrieve.ts';
import type { LocosFile } from './locos.ts';

export interface RetrievalRecord {
  readonly header: RetrieveHeader;
  /** Of all runs, in the order in which they were made. */
  readonly rows: readonly RetrievedRun[];
  readonly heads: readonly RetrievedHead[];
  readonly warnings: readonly string[];
  /** ISO 8601. */
  readonly created: string;
}

/** Methods by the names of LOCOS's own files. */
const methods: Readonly<Record<string, string>> = {
  copy: 'behavioral',
  locos: 'logit_contribution',
  locosFolded: 'logit_contribution_folded',
  spatial: 'attention_spatial',
  directLogit: 'dla',
  reasoning: 'headkv_r2',
  questionFocus: 'qrhead',
  keyValue: 'key_value',
};

/**
 * `score`: `copy`, whose scores are the legacy counts, or the id of another; only runs that count and were read are in it.
 * Of a score that is measured once for all runs each list has its one number.
 */
export function retrievalEnvelope(record: RetrievalRecord, score: string): LocosFile {
  const once = onceOf(record, score);
  return once === null ? envelopeOfRuns(record, score) : envelopeOfTask(record, score, once);
}

function envelopeOfRuns({ header, rows, heads, warnings, created }: RetrievalRecord, score: string): LocosFile {
  const counted = rows.filter((row) => row.counts && valuesOf(row, score) !== null);
  const { layers, heads: perLayer } = header.shape;
  // Where no run counts, every head has an empty list.
  const lists = (of: (row: RetrievedRun) => readonly number[]) =>
    Array.from({ length: layers * perLayer }, (_, at) => counted.map((row) => of(row)[at] ?? NaN));
  return {
    meta: { ...metaOf(header, rows, counted), method: methods[score] ?? score, score, warnings, timestamp: created },
    perLayer: Array.from({ length: layers }, () => perLayer),
    scores: lists((row) => valuesOf(row, score) ?? []),
    ...(score === 'copy' ? { capped: lists((row) => row.capped) } : {}),
    trialIds: counted.map(({ index }) => header.runs[index]?.id ?? `${index}`),
    // One run says nothing of its spread.
    ...(counted.length < 2 ? {} : intervalsOf(heads, score)),
  };
}

/** Nothing where no run gave the score. */
function intervalsOf(heads: readonly RetrievedHead[], score: string): Pick<LocosFile, 'intervals'> {
  const intervals = heads.flatMap((head) => {
    const summary = score === 'copy' ? head.legacy : head.scores[score];
    return summary === undefined ? [] : [summary.interval];
  });
  return intervals.length === 0 ? {} : { intervals };
}

/** Of every head, where no run has the score and the runs together do; else null. */
function onceOf({ rows, heads }: RetrievalRecord, score: string): readonly HeadStatistics[] | null {
  if (score === 'copy' || rows.some((row) => Object.hasOwn(row.scores, score))) return null;
  const found = heads.flatMap((head) => head.scores[score] ?? []);
  return found.length > 0 && found.length === heads.length ? found : null;
}

function envelopeOfTask(
  { header, warnings, created }: RetrievalRecord,
  score: string,
  once: readonly HeadStatistics[],
): LocosFile {
  const { layers, heads } = header.shape;
  const prompts = once[0]?.n ?? 0;
  return {
    meta: {
      ...{ method: methods[score] ?? score, score, dataset: score, warnings, timestamp: created },
      ...{ num_trials_passed: prompts, num_trials_total: prompts, ...factsOf(header) },
    },
    perLayer: Array.from({ length: layers }, () => heads),
    scores: once.map(({ mean }) => [mean]),
    trialIds: ['mean'],
    intervals: once.map(({ interval }) => interval),
  };
}

function valuesOf(row: RetrievedRun, score: string): readonly number[] | null {
  return score === 'copy' ? row.legacy : (row.scores[score] ?? null);
}

function metaOf(header: RetrieveHeader, rows: readonly RetrievedRun[], counted: readonly RetrievedRun[]) {
  const { calibration, runs, grids } = header;
  const tokens = runs.map((run) => run.tokens);
  const passed = counted.filter(({ mode }) => mode === 'generate');
  const distinct = (values: readonly (number | null)[]) => new Set(values.filter((value) => value !== null)).size;
  return {
    dataset: calibration.dataset,
    // Where none passed, the runs of the file were given their answers.
    num_trials_passed: header.mode === 'generate' ? passed.length : counted.length,
    num_trials_total: new Set(rows.map(({ index }) => index)).size,
    pooled_ans_steps: counted.reduce((sum, row) => sum + (row.answerSteps ?? 0), 0),
    rouge_threshold: 100 * header.passMark,
    ...factsOf(header),
    question_type: header.prompt,
    context_range: [Math.min(...tokens), Math.max(...tokens)] as const,
    num_lengths: distinct(runs.map(({ length }) => length)),
    num_depths: distinct(runs.map(({ depth }) => depth)),
    max_decode_steps: Math.max(...runs.map(({ maxNew }) => maxNew)),
    tuned_lens: null,
    score_mode: 'legacy',
    mode: counted[0]?.mode ?? header.mode,
    ...{ template: header.template, grids },
    end_ids: header.endIds,
    left_out: header.left,
    trials: rows.map((row) => trialOf(header, row)),
  };
}

function factsOf({ model, calibration, environment }: RetrieveHeader) {
  return {
    ...{ model: model.name, seed: calibration.seed },
    ...{ tool: environment.tool, fingerprint: model.fingerprint, dtype: model.dtype },
  };
}

/** Every run, those that don't count too: what failed and why. */
function trialOf({ runs }: RetrieveHeader, row: RetrievedRun) {
  const { index, mode, counts, success, reason, rouge, f1, response, seconds } = row;
  const run = runs[index];
  const place = { id: run?.id, needle: run?.needle, length: run?.length, depth: run?.depth, tokens: run?.tokens };
  return {
    ...place,
    span: run?.span,
    mode,
    counts,
    success,
    reason,
    rouge,
    f1,
    response,
    steps: mode === 'forced' ? (row.answerSteps ?? 0) : row.generated.length,
    seconds,
  };
}
