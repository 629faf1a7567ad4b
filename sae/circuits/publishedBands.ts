/** Areas under ROC that are published for these methods: lines of reference where the open model and the prompts are theirs. */

export interface PublishedBand {
  /** Id of the task. */
  readonly task: string;
  /** As published circuits name it. */
  readonly model: 'GPT-2 small' | 'attn-only-4l';
  /** What was measured, and by whom. */
  readonly title: string;
  /** `coVariation`: the paper's edge level, which ranks heads. */
  readonly level: 'nodes' | 'coVariation';
  readonly low: number;
  readonly high: number;
  /** Id of the published circuit that they were held against. */
  readonly labels: string;
  /** How the area was taken. `pessimistic`: below the staircase, and over queries, keys, values and MLPs besides heads. */
  readonly area: 'trapezoid' | 'pessimistic';
}

type Range = readonly [low: number, high: number];

interface Measured {
  readonly title: string;
  readonly area: PublishedBand['area'];
  /** By task. */
  readonly nodes: Readonly<Record<TaskName, Range>>;
  readonly coVariation?: Readonly<Record<TaskName, Range>>;
}

type TaskName = 'ioi' | 'greaterThan' | 'docstring';

const models = { ioi: 'GPT-2 small', greaterThan: 'GPT-2 small', docstring: 'attn-only-4l' } as const;

/** Mean -+ standard deviation. */
function around(mean: number, deviation: number): Range {
  return [mean - deviation, mean + deviation];
}

function only(value: number): Range {
  return [value, value];
}

const theirs: readonly Measured[] = [
  {
    title: 'O’Neill and Bui 2024: results of ten seeds in their repository, mean ± s.d.',
    area: 'trapezoid',
    nodes: { ioi: around(0.868, 0.008), greaterThan: around(0.855, 0.036), docstring: around(0.869, 0.038) },
    coVariation: { ioi: around(0.84, 0.024), greaterThan: around(0.873, 0.02), docstring: around(0.896, 0.017) },
  },
  {
    title: 'O’Neill and Bui 2024: bars of their figure, read off to 0.002, mean ± s.d.',
    area: 'trapezoid',
    nodes: { ioi: around(0.853, 0.016), greaterThan: around(0.832, 0.058), docstring: around(0.915, 0.014) },
    coVariation: { ioi: around(0.84, 0.016), greaterThan: around(0.856, 0.021), docstring: around(0.914, 0.02) },
  },
  {
    title: 'what a replication should come to, from both and from other runs in their repository',
    area: 'trapezoid',
    nodes: { ioi: [0.85, 0.88], greaterThan: [0.8, 0.9], docstring: [0.8, 0.92] },
    coVariation: { ioi: [0.8, 0.87], greaterThan: [0.84, 0.9], docstring: [0.87, 0.92] },
  },
];

/** The setting that its authors recommend; the comparison in O'Neill and Bui 2024 is with the mean of it and three weaker ones. */
const acdc: Measured = {
  title: 'ACDC with KL and corrupted activations (Conmy et al. 2023, table 3)',
  area: 'pessimistic',
  nodes: { ioi: only(0.88), greaterThan: only(0.89), docstring: only(0.95) },
};

/** With the labels of each source: two of the three tasks differ in a head. */
export const publishedBands: readonly PublishedBand[] = [
  ...theirs.flatMap((measured) => bandsOf(measured, 'OneillBui')),
  ...bandsOf(acdc, 'Acdc'),
];

function bandsOf({ title, area, nodes, coVariation }: Measured, source: string): readonly PublishedBand[] {
  const levels = { nodes, ...(coVariation === undefined ? {} : { coVariation }) };
  return Object.entries(levels).flatMap(([level, ranges]) =>
    Object.entries(ranges).map(([task, [low, high]]) => ({
      ...{ task, model: models[task as TaskName], title, level: level as PublishedBand['level'] },
      ...{ low, high, labels: `${task}${source}`, area },
    })),
  );
}
