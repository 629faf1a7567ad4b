/** `headscope retrieve`: which heads fetch a needle's answer from a haystack. */
import { extname } from 'node:path';
import { writeLocos } from '../../exports/locos.ts';
import type { RetrievalRecord } from '../../exports/retrievalEnvelope.ts';
import { retrievalEnvelope } from '../../exports/retrievalEnvelope.ts';
import { writeAtomically } from '../../files/writeAtomically.ts';
import type { CallOptions, EventOf, RequestOf, ResultOf } from '../../results/index.ts';
import { isAbort } from '../../results/index.ts';
import type { NeedlePreview, RetrievedHead, RetrievedRun, RetrieveHeader, RunSource } from '../../results/retrieve.ts';
import { retrievalScoreById, retrievalScores } from '../../scores/retrieval/index.ts';
import { summariseRetrieval } from '../../scores/retrieval/summary.ts';
import type { Input } from '../input.ts';
import { checkOutputs } from '../output.ts';
import type { Column } from '../table.ts';
import { formatTable, percent, printable } from '../table.ts';
import { asRun, projectOption } from './asRun.ts';
import type { Command, Context } from './command.ts';
import { needleOptions, readNeedleRuns } from './needleChoice.ts';
import { asJson, followed, jsonOption, modelRequest, openModel, weightsOption } from './shared.ts';

type Request = RequestOf<'retrieve'>;

export const retrieve: Command = {
  name: 'retrieve',
  summary: 'find the heads that fetch an answer from far back: needles in haystacks, copy scores run by run',
  usage: [
    'retrieve MODEL [--grid LENGTHSxDEPTHS ...] [--mode generate|forced] [--needles A,B|F.jsonl] [--haystack DIR] [--template plain|chat] --out scores.json',
    'retrieve MODEL --runs F.jsonl [--mode generate|forced] --out scores.json',
    'retrieve MODEL [--grid LENGTHSxDEPTHS ...] --preview',
  ],
  about: [
    'A head copies a token when the key that it attends to most, while the token is made, lies in the needle and is that token (Wu et al. 2024). Its score in a run is how many of the tokens in the span it copied: legacy counts every step and can exceed 1, capped counts each token of the span once.',
    'generate: the model answers greedily, and runs whose answer has half or less of the words (ROUGE-1 recall with stemming) do not count. forced: it is given the answer, in one pass, and all runs count. Where no run passes, the scores are those of forced mode, with a warning.',
    'A grid is lengths in tokens, x, depths in percent: 512,1800x0,33,67,100. A haystack is a folder of .txt files; without it, stories of the program. Needles are ids of its own or a file with needle, question and answer a line.',
    'A prepared run is one JSON object a line: ids, span [from, to), maxNew, optionally answer (text or ids), id, needle. Without an answer there is no gate. Rows that are no run are left out with a warning.',
    `More scores, each in a file of its own beside --out: ${retrievalScores.map(({ id, about }) => `${id}, ${about}`).join('; ')}. engine/scores/retrieval/SPEC.md has the rules.`,
    'The file is the LOCOS envelope: meta with every run, scores {"layer-head": [one per run]} with the legacy counts, capped beside it. Errors are clustered by needle. Ctrl-C keeps the runs that are done.',
  ],
  examples: [
    'headscope retrieve model.gguf --grid 512,1800x0,33,67,100 --out scores.json',
    'headscope retrieve model.gguf --mode forced --scores locos,spatial,directLogit --out scores.json',
    'headscope retrieve model.gguf --runs prompts.jsonl --out scores.json',
  ],
  options: {
    ...needleOptions,
    mode: { type: 'string', value: 'generate|forced', about: 'let the model answer (default), or give it the answer' },
    scores: { type: 'string', value: 'A,B', about: 'more scores beside the copy counts' },
    settle: {
      type: 'boolean',
      about: 'end when the ten best heads are the same in nine of ten resamples of the needles',
    },
    seed: { type: 'string', value: 'N', about: 'of the haystacks, the order and the bootstrap (default 0)' },
    top: { type: 'string', value: 'N', about: 'how many heads to show (default 10)' },
    preview: { type: 'boolean', about: 'show the first prompt and how long all runs take, and run nothing' },
    out: { type: 'string', value: 'scores.json', about: 'write the scores; never over a file that exists' },
    ...weightsOption,
    ...projectOption,
    ...jsonOption,
  },
  async run(input, context) {
    const top = input.integer('top', { otherwise: 10, from: 1, to: 100_000 });
    const isPreview = input.flag('preview');
    const out = input.path('out') ?? (isPreview ? undefined : input.fail('--out is missing', { expected: 'a file' }));
    const scores = readScores(input);
    const outputs = out === undefined ? [] : outputsOf(out, scores);
    await checkOutputs(outputs.map(({ path }) => path));
    const source = await readNeedleRuns(input);
    const { shape } = await openModel(context, modelRequest(input));
    const request = requestOf(input, source(shape.context), scores);
    if (isPreview) return preview(request, context, input.flag('json'));
    return detect(request, context, { outputs, top, json: input.flag('json') });
  },
};

interface Output {
  readonly path: string;
  /** `copy`, or the id of a score. */
  readonly score: string;
}

interface Shown {
  readonly outputs: readonly Output[];
  readonly top: number;
  readonly json: boolean;
}

/** scores.json for the copy counts, scores.locos.json for locos. */
function outputsOf(out: string, scores: readonly string[]): readonly Output[] {
  const extension = extname(out);
  const stem = out.slice(0, out.length - extension.length);
  return [{ path: out, score: 'copy' }, ...scores.map((score) => ({ path: `${stem}.${score}${extension}`, score }))];
}

function readScores(input: Input): readonly string[] {
  const ids = input.text('scores')?.split(',') ?? [];
  return [...new Set(ids.map((id) => retrievalScoreById(id.trim()).id))];
}

function requestOf(input: Input, runs: RunSource, scores: readonly string[]): Request {
  return {
    ...modelRequest(input),
    runs,
    mode: input.choice('mode', ['generate', 'forced']) ?? 'generate',
    seed: input.integer('seed', { otherwise: 0, from: Number.MIN_SAFE_INTEGER }),
    ...(scores.length === 0 ? {} : { scores }),
    ...(input.flag('settle') ? { settle: true } : {}),
  };
}

async function preview({ runs, mode, seed, ...model }: Request, context: Context, json: boolean): Promise<number> {
  const { client, signal, stdout } = context;
  const request = { model: model.model, runs, mode, seed, shown: 0, estimate: true };
  const shown = await client.needlePreview(
    model.weights === undefined ? request : { ...request, weights: model.weights },
    { signal },
  );
  await stdout.write(json ? asJson(shown) : describePreview(shown));
  return 0;
}

function describePreview({ runs, left, shown, seconds }: NeedlePreview): string {
  const [first] = runs;
  const marked = (shown ?? []).map(({ text, part }) => (part === 'needle' || part === 'answer' ? `[${text}]` : text));
  const lacking = left.map(({ reason }) => `left out: ${reason}\n`);
  const head = `${runs.length} runs, ${seconds === null ? 'no estimate' : `about ${duration(seconds)}`}; the first is ${first?.id ?? 'none'}, ${first?.tokens ?? 0} tokens:\n`;
  return [head, ...lacking, '\n', marked.join(''), '\n'].join('');
}

function duration(seconds: number): string {
  return seconds < 90 ? `${seconds.toFixed(0)} s` : `${(seconds / 60).toFixed(1)} min`;
}

async function detect(request: Request, context: Context, shown: Shown): Promise<number> {
  const taken = new Taken();
  const start = (options: CallOptions) => asRun(context, { call: 'retrieve', request }, options);
  const following = followed(context, 'reading runs', start, (event) => taken.take(event));
  const result = await following.catch(async (error: unknown) => {
    // Runs that are done are worth as much whatever ended the next one.
    if (taken.rows.some(({ counts }) => counts)) await writePartly(taken, whyEnded(error), shown, context);
    throw error;
  });
  await write(taken.record(result.heads, result.warnings), describe(taken.header, result, shown.top), shown, context);
  return 0;
}

function whyEnded(error: unknown): string {
  return isAbort(error) || !(error instanceof Error) ? 'cancelled' : `ended by an error (${error.message})`;
}

async function writePartly(taken: Taken, why: string, shown: Shown, context: Context): Promise<void> {
  const { header, rows } = taken;
  const summary = summariseRetrieval(rows, header.runs, header.shape, header.calibration.seed);
  const done = new Set(rows.map(({ index }) => index)).size;
  const warnings = [`${why} after ${done} of ${header.runs.length} runs`];
  const result = { ...summary, warnings, seconds: rows.reduce((sum, row) => sum + row.seconds, 0), settled: false };
  await write(taken.record(summary.heads, warnings), describe(header, result, shown.top), shown, context);
}

/** What has come so far. */
class Taken {
  readonly rows: RetrievedRun[] = [];
  #header: RetrieveHeader | null = null;

  take(event: Exclude<EventOf<'retrieve'>, { kind: 'progress' }>): void {
    if (event.kind === 'run') this.rows.push(event);
    else if (event.kind === 'start') this.#begin(event.header);
  }

  /** A run that was begun again gives everything again. */
  #begin(header: RetrieveHeader): void {
    this.#header = header;
    this.rows.length = 0;
  }

  get header(): RetrieveHeader {
    if (this.#header === null) throw new RangeError('retrieve: no header yet');
    return this.#header;
  }

  record(heads: readonly RetrievedHead[], warnings: readonly string[]): RetrievalRecord {
    return { header: this.header, rows: this.rows, heads, warnings, created: new Date().toISOString() };
  }
}

async function write(record: RetrievalRecord, table: string, { outputs, json }: Shown, { stdout, stderr }: Context) {
  const files = outputs.map(({ path, score }) => ({ path, score, file: retrievalEnvelope(record, score) }));
  const isRead = ({ score, file }: (typeof files)[number]) => score === 'copy' || file.trialIds.length > 0;
  const texts = files.filter(isRead).map(({ path, file }) => ({ path, text: writeLocos(file) }));
  const unread = files.filter((file) => !isRead(file)).map(({ score }) => score);
  const saved = await Promise.allSettled(texts.map(({ path, text }) => writeAtomically(path, [Buffer.from(text)])));
  // Where a disk is full, what took minutes to compute is at least shown.
  await stdout.write(json ? (texts[0]?.text ?? '') : table);
  const unwritten = unread.map((score) => `${score} was read on no run that counts: no file of it`);
  for (const warning of [...record.warnings, ...unwritten]) await stderr.write(`warning: ${warning}\n`);
  for (const [i, { path }] of texts.entries())
    if (saved[i]?.status === 'fulfilled') await stderr.write(`written: ${path}\n`);
  for (const outcome of saved) if (outcome.status === 'rejected') throw outcome.reason;
}

const columns: readonly Column[] = [
  { title: 'head' },
  { title: 'legacy', align: 'right' },
  { title: '95 % interval' },
  { title: 'std. error', align: 'right' },
  { title: 'capped', align: 'right' },
  { title: 'active', align: 'right' },
  { title: 'n', align: 'right' },
];

function describe({ scores }: RetrieveHeader, result: ResultOf<'retrieve'>, top: number): string {
  const { heads, mode, runs, passed, total, needles, zero, atLeastTenth, stability, settled, seconds } = result;
  const gate = mode === 'forced' ? 'the answer given' : `${passed} of ${total} passed`;
  const steady =
    stability === null ? '' : `; top ${stability.top} of a resample agree in ${percent(stability.overlap)}`;
  const lines = [
    `copy scores of ${heads.length} heads over ${runs} runs of ${needles} needles (${gate}), ${duration(seconds)}`,
    `${percent(zero)} of heads at 0, ${percent(atLeastTenth)} at 0.1 or above${steady}${settled ? '; settled' : ''}`,
  ];
  const order = [...heads].sort((a, b) => b.legacy.mean - a.legacy.mean || a.layer - b.layer || a.head - b.head);
  const copies = formatTable(columns, order.slice(0, top).map(headRow));
  const others = scores.map((score) => `\n${printable(score.title)}\n${scoreTable(heads, score.id, top)}`);
  return [`${lines.join('\n')}\n\n`, copies, ...others].join('');
}

function headRow({ layer, head, legacy, capped }: RetrievedHead): string[] {
  const [low, high] = legacy.interval;
  return [
    `L${layer}H${head}`,
    legacy.mean.toFixed(3),
    legacy.n < 2 ? 'unknown' : `[${low.toFixed(3)}, ${high.toFixed(3)}]`,
    legacy.n < 2 ? '' : legacy.standardError.toFixed(3),
    capped.mean.toFixed(3),
    percent(legacy.active),
    `${legacy.n}`,
  ];
}

function scoreTable(heads: readonly RetrievedHead[], id: string, top: number): string {
  const read = heads.flatMap(({ layer, head, scores }) => {
    const value = scores[id];
    return value === undefined ? [] : [{ name: `L${layer}H${head}`, value }];
  });
  const order = read.sort((a, b) => b.value.mean - a.value.mean).slice(0, top);
  const rows = order.map(({ name, value }) => [
    name,
    value.mean.toFixed(4),
    value.n < 2 ? 'unknown' : `[${value.interval.map((end) => end.toFixed(4)).join(', ')}]`,
    `${value.n}`,
  ]);
  const titles: readonly Column[] = [
    { title: 'head' },
    { title: 'score', align: 'right' },
    { title: '95 % interval' },
    { title: 'n', align: 'right' },
  ];
  return read.length === 0 ? 'not read on any run\n' : formatTable(titles, rows);
}
