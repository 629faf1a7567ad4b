/** What a bench of circuits found, as one table. */
import type {
  CircuitHeader,
  CircuitArea,
  CircuitFaithful,
  CircuitJudged,
  CircuitRanking,
  CircuitRow,
} from '../../results/circuitBench.ts';
import type { ResultOf } from '../../results/index.ts';
import type { Baseline } from '../../results/taskReport.ts';
import { summarise } from '../../tasks/statistics.ts';
import { describeBaseline } from './baseline.ts';
import type { Column } from '../table.ts';
import { formatFacts, formatTable } from '../table.ts';

/** Everything that a bench gave. */
export interface CircuitsFound extends ResultOf<'circuit'> {
  readonly header: CircuitHeader;
  readonly baseline: Baseline;
  readonly rows: readonly CircuitRow[];
}

export function describeCircuits(found: CircuitsFound): string {
  const { header, baseline, rows, seconds, modelSeconds } = found;
  const { ends, outside, references, nodes } = header;
  const facts = formatFacts([
    ['nodes', `${nodes.length} (${header.nodeSet}), outside a circuit replaced by ${outsideWords[outside]}`],
    ['metric', `${ends.whole.toFixed(3)} whole, ${ends.empty.toFixed(3)} with every node replaced`],
    ...references.map(({ id, title, note }) => [id, note === null ? title : `${title}; ${note}`] as const),
    ...(header.bands ?? []).map(({ title, reference, level, area, low, high }) => {
      const words = `${title} (${level === 'nodes' ? 'nodes' : 'pairs'}, ${area} area)`;
      return [
        'published AUC',
        `${low === high ? low : `${low.toFixed(3)} to ${high.toFixed(3)}`} against ${reference}: ${words}`,
      ] as const;
    }),
    ['seconds', `${seconds.toFixed(1)}, of which running the model ${modelSeconds.toFixed(1)}`],
  ]);
  const notes = header.notes.map((note) => `note: ${note}\n`).join('');
  return [describeBaseline(header.calibration.dataset, baseline), facts, notes, methodTable(found), studiedTable(rows)]
    .filter((part) => part !== '')
    .join('\n');
}

const outsideWords = {
  counterfactual: 'its value on the counterfactual prompt',
  mean: 'its mean over prompts',
} as const;

/** Share of nodes at which KL is shown, or the nearest budget. */
const SHOWN_SHARE = 0.1;

function methodTable({ header, rows }: CircuitsFound): string {
  const first = header.references[0]?.id;
  const share = header.budgets.toSorted((a, b) => Math.abs(a - SHOWN_SHARE) - Math.abs(b - SHOWN_SHARE))[0] ?? 0;
  const columns: Column[] = [
    { title: 'method' },
    ...header.references.map(({ id }): Column => ({ title: `AUC ${id}`, align: 'right' })),
    ...[
      'AP',
      'F1',
      'CPR',
      'CMD',
      `KL at ${Number((100 * share).toPrecision(3))} %`,
      'seconds',
      'forward',
      'backward',
    ].map((title): Column => ({ title, align: 'right' })),
  ];
  const headlines = rows.filter((row): row is CircuitRanking => row.of === 'ranking' && typeof row.seed !== 'number');
  const table = headlines.map((ranking) => {
    const judged = judgedOf(rows, ranking.method);
    const own = judged.find(({ reference, seed }) => reference === first && typeof seed !== 'number');
    return [
      ranking.method,
      ...header.references.map(({ id }) => aucText(judged.filter(({ reference }) => reference === id))),
      ...[withInterval(own?.averagePrecision, own?.overNodes?.averagePrecision), fixed(own?.f1)],
      ...runTexts(rows, ranking.method, share),
      ...[ranking.seconds.toFixed(2), `${ranking.forwardPasses}`, `${ranking.backwardPasses}`],
    ];
  });
  const random = rows.some((row) => row.of === 'area' && row.method === 'random')
    ? [['random circuits', ...header.references.map(() => ''), '', '', ...runTexts(rows, 'random', share)]]
    : [];
  const about =
    first === undefined
      ? ''
      : `AUC: ties half / ties and missing against, [95 %] of the first over nodes as if drawn from many like them, ± deviation over seeds; AP and best F1 against ${first}; best F1 is of the threshold that suits it best, and has no interval\n`;
  const runs = 'CPR, CMD, KL (nats): [95 %] over prompts; of random circuits, over circuits\n';
  return about + runs + formatTable(columns, [...table, ...random]);
}

function judgedOf(rows: readonly CircuitRow[], method: string): readonly CircuitJudged[] {
  return rows.filter((row): row is CircuitJudged => row.of === 'judged' && row.method === method);
}

/** `0.912/0.905 [0.81, 0.96] ±0.012`: of the mean of ranks, its interval over nodes, and the standard deviation over runs. */
function aucText(judged: readonly CircuitJudged[]): string {
  const headline = judged.find(({ seed }) => typeof seed !== 'number');
  if (headline === undefined) return '';
  const runs = judged.filter(({ seed }) => typeof seed === 'number').map(({ auc }) => auc);
  const spread = runs.length < 2 ? '' : ` ±${deviation(runs).toFixed(3)}`;
  const both = `${headline.auc.toFixed(3)}/${headline.aucPessimistic.toFixed(3)}`;
  return `${both}${intervalText(headline.overNodes?.auc)}${spread}`;
}

type Interval = readonly [low: number, high: number] | null | undefined;

/** Nothing where it is not known, as in older runs. */
function intervalText(interval: Interval): string {
  return interval === null || interval === undefined ? '' : ` [${interval.map((end) => end.toFixed(2)).join(', ')}]`;
}

function withInterval(value: number | null | undefined, interval: Interval): string {
  return value === null || value === undefined ? '' : `${value.toFixed(3)}${intervalText(interval)}`;
}

/** CPR, CMD and KL; of random circuits their means, with an interval over circuits. */
function runTexts(rows: readonly CircuitRow[], method: string, share: number): string[] {
  const isOf = (row: CircuitArea | CircuitFaithful) => row.method === method && row.order === 'absolute';
  const areas = rows.filter((row): row is CircuitArea => row.of === 'area' && isOf(row));
  const points = rows.filter(
    (row): row is CircuitFaithful => row.of === 'faithful' && isOf(row) && row.share === share,
  );
  const [area, ...otherAreas] = areas;
  const [point] = points;
  if (otherAreas.length === 0) {
    const { cpr = null, cmd = null, intervals } = area ?? {};
    return [
      withInterval(cpr, intervals?.cpr),
      withInterval(cmd, intervals?.cmd),
      withInterval(point?.kl.mean, point?.kl.interval),
    ];
  }
  const over = (values: readonly (number | null)[]) => {
    const known = values.filter((value) => value !== null);
    if (known.length === 0) return '';
    const { mean, interval } = summarise(known, 0);
    return withInterval(mean, interval);
  };
  return [over(areas.map(({ cpr }) => cpr)), over(areas.map(({ cmd }) => cmd)), over(points.map(({ kl }) => kl.mean))];
}

function studiedTable(rows: readonly CircuitRow[]): string {
  const table = rows.flatMap((row) => {
    if (row.of !== 'studied') return [];
    const { mean, largest, sets } = row.incompleteness;
    const [least] = row.minimality;
    return [
      [
        row.method,
        `${row.k}`,
        `${mean.toFixed(3)} / ${largest.toFixed(3)} (${sets} sets)`,
        least === undefined ? '' : `${least.value.toFixed(3)} (${least.node})`,
      ],
    ];
  });
  if (table.length === 0) return '';
  const titles = ['studied circuit of', 'nodes', 'incompleteness, mean / largest', 'least needed node'];
  return formatTable(
    titles.map((title) => ({ title })),
    table,
  );
}

function fixed(value: number | undefined): string {
  return value === undefined ? '' : value.toFixed(3);
}

function deviation(values: readonly number[]): number {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  return Math.sqrt(values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (values.length - 1));
}
