/** Two runs side by side: what was asked for, and whether the numbers are the same to the last bit. */
import type { ResultOf } from '../../results/index.ts';
import type { RunRecord } from '../../results/runs.ts';
import { differencesOf, shown } from './differences.ts';
import { parsedRow, readRow, rowsFile } from './readRun.ts';
import { linesOf } from './rowLog.ts';
import { unitName } from '../unitName.ts';
import type { RunStore } from './runStore.ts';

type Compared = ResultOf<'compare'>;
type Difference = Compared['settings'][number];

/** Differing rows are counted to the last and listed up to this one. */
const MOST_LISTED = 100;

/** Fields that say what a row is of, where it has them. */
const identity = [
  'kind',
  'site',
  'layer',
  'head',
  'kvGroup',
  'column',
  'heads',
  'step',
  'name',
  'from',
  'file',
  'ranking',
  'draw',
  'sparsity',
  'index',
  'mode',
  'runs',
] as const;

/** What tells the rows of a circuit bench apart besides; other calls have values by some of these names. */
const circuitIdentity = ['of', 'method', 'seed', 'reference', 'order', 'share', 'prompts', 'a', 'b'] as const;

const RESULT = 'result';

interface Stored {
  readonly record: RunRecord;
  readonly folder: string;
}

/** Throws Fault where a run is not there or can't be read. */
export async function compareRuns(store: RunStore, a: string, b: string): Promise<Compared> {
  const [first, second] = [await Side.read(await store.get(a)), await Side.read(await store.get(b))];
  const settings = differencesOf(settingsOf(first), settingsOf(second)).listed;
  const shared = first.keys.filter((key) => second.has(key));
  return {
    settings,
    ...(await compareRows(first, second, shared)),
    onlyA: first.keys.length - shared.length,
    onlyB: second.keys.length - shared.length,
    reasons: reasonsOf(first.record, second.record, settings),
  };
}

type ComparedRows = Pick<Compared, 'identical' | 'different' | 'differences' | 'largest'>;

async function compareRows(first: Side, second: Side, shared: readonly string[]): Promise<ComparedRows> {
  let [identical, largest] = [0, 0];
  const differences: Difference[] = [];
  for (const key of shared) {
    const [a, b] = [await first.row(key), await second.row(key)];
    const found = differencesOf(a, b, nameOf(a));
    if (found.listed.length === 0) identical += 1;
    largest = Math.max(largest, found.largest);
    if (differences.length < MOST_LISTED) differences.push(...found.listed);
  }
  return {
    ...{ identical, different: shared.length - identical },
    differences: differences.slice(0, MOST_LISTED),
    largest: shared.length === 0 ? null : largest,
  };
}

/** A run's rows by what they are of. Arrays stay on disk until a row is compared. */
class Side {
  readonly record: RunRecord;
  readonly #folder: string;
  readonly #lines = new Map<string, { readonly text: string; readonly index: number }>();
  /** What the call said of itself; null where it was not reached. */
  start: unknown = null;

  private constructor({ record, folder }: Stored) {
    this.record = record;
    this.#folder = folder;
  }

  static async read(stored: Stored): Promise<Side> {
    const side = new Side(stored);
    let index = 0;
    for await (const { text } of linesOf(rowsFile(stored.folder), 0, Infinity)) side.#take(text, index++);
    return side;
  }

  #take(text: string, index: number): void {
    const row: Readonly<Record<string, unknown>> = Object(parsedRow(text, this.#folder, index));
    if (row['kind'] === 'start') this.start = row;
    else this.#lines.set(this.#keyOf(row), { text, index });
  }

  #keyOf(row: Readonly<Record<string, unknown>>): string {
    const fields = this.record.job.call === 'circuit' ? [...identity, ...circuitIdentity] : identity;
    return JSON.stringify(fields.map((field) => row[field] ?? null));
  }

  /** A call without rows is compared by its result. */
  get keys(): readonly string[] {
    return this.#lines.size === 0 && this.record.result !== null ? [RESULT] : [...this.#lines.keys()];
  }

  has(key: string): boolean {
    return this.keys.length === 1 ? this.keys[0] === key : this.#lines.has(key);
  }

  async row(key: string): Promise<object> {
    const line = this.#lines.get(key);
    if (line === undefined) return withoutTimes({ kind: RESULT, ...Object(this.record.result) });
    const { event } = await readRow(this.#folder, this.record.job.call, line.text, line.index);
    return withoutTimes(event);
  }
}

/** `L3H2`, `L0H1+L2H3`, `step 7`, `atp ranking`, `baseline`: where a difference is. */
function nameOf(row: object): string {
  const { kind, site, column, name, step, heads, method, of, ...place }: RowPlace = row;
  const unit = place.layer === undefined ? [] : [unitName({ ...place, layer: place.layer })];
  const set = heads === undefined ? [] : [heads.map(unitName).join('+')];
  const numbered = [...numberedAs('column', column), ...numberedAs('step', step)];
  const ofMethod = method === undefined ? [] : [method, of];
  const words = [...unit, ...set, ...[site, name, ...ofMethod].flatMap((word) => word ?? []), ...numbered];
  return words.length === 0 ? (kind ?? 'row') : words.join(' ');
}

/** The fields of all rows that have a place; every row was checked to be one of its call's. */
interface RowPlace {
  readonly kind?: string;
  readonly layer?: number;
  readonly head?: number;
  readonly kvGroup?: number;
  readonly site?: string;
  readonly column?: number;
  readonly name?: string;
  readonly step?: number | null;
  readonly method?: string;
  readonly of?: string;
  readonly heads?: readonly { readonly layer: number; readonly head: number }[];
}

function numberedAs(word: string, value: number | null | undefined): string[] {
  return typeof value === 'number' ? [`${word} ${value}`] : [];
}

/** How long a run took is no part of what it found. */
function withoutTimes(row: object): object {
  const { seconds: _seconds, tokensPerSecond: _rate, ...rest } = row as Readonly<Record<string, unknown>>;
  return rest;
}

/** What may be why: the machine is compared by itself, and not again as part of the header. */
function settingsOf({ record, start }: Side): object {
  const { job, fingerprint, tokenizer, machine, plan } = record;
  const { header }: { readonly header?: Readonly<Record<string, unknown>> } = Object(start);
  const { environment: _environment, ...said } = header ?? {};
  return { call: job.call, request: job.request, fingerprint, tokenizer, machine, plan, header: said };
}

/** In words, the likeliest first. */
function reasonsOf(a: RunRecord, b: RunRecord, settings: readonly Difference[]): string[] {
  const has = (path: string) =>
    settings.find((difference) => difference.path === path || difference.path.startsWith(`${path}.`));
  const between = (path: string) => {
    const found = has(path);
    return found === undefined ? '' : ` (${found.a} and ${found.b})`;
  };
  return [
    has('call') && `they are different calls${between('call')}`,
    has('request') && 'they were asked for different things',
    a.fingerprint !== b.fingerprint && 'the weights are not the same',
    a.tokenizer !== null && b.tokenizer !== null && a.tokenizer !== b.tokenizer && 'the tokenizers are not the same',
    has('header.calibration.tokenIdsSha256') && 'the prompts are not the same tokens',
    has('machine.headscope') && `another version of headscope${between('machine.headscope')}`,
    has('machine.onnxruntime') && `another version of ONNX Runtime${between('machine.onnxruntime')}`,
    has('machine.cpu') && `another processor${between('machine.cpu')}`,
    has('machine.threads') && `another number of threads${between('machine.threads')}`,
    has('plan.unitsPerRun') && `other batches${between('plan.unitsPerRun')}`,
    ...[a, b].map(({ summary: { state, id } }) => state !== 'done' && `${id} is ${shown(state)}, not done`),
  ].filter((reason) => typeof reason === 'string');
}
