/** What scores of behaviour, of weights and of retrieval say about heads. */
import type { HeadMeasure, MeasureKind } from './headMeasure.ts';
import { familyOfScore, shortOfScore } from './measureFamilies.ts';
import type { RetrieveTable } from './retrieveTable.ts';
import type { ScoreTable } from './runTables.ts';

export function scoreMeasures(run: string, { header, scores }: ScoreTable): readonly HeadMeasure[] {
  const { layers, heads } = header.shape;
  return header.scores.flatMap((score) => {
    const column = scores.get(score.id);
    if (column === undefined) return [];
    const { id, title, about, formula, unit, range: ends, prompts, uniform, source, rule } = score;
    const [lowest, highest] = ends;
    const { mean: values, low, high } = column;
    const range = highest === null ? null : ([lowest, highest] as const);
    const short = shortOfScore(id, title);
    const said = { title, short, about, formula, unit: unit === 'share' ? '' : unit, range, uniform };
    const plain = { call: 'scores', signed: lowest < 0, direction: null, of: 'head', source, rule } as const;
    const sort = { kind: kindOfRule(rule), family: familyOfScore(id), samples: score.samples };
    const place = { id: `${run}/${id}`, run, dataset: header.prompts.dataset, n: prompts, layers, heads };
    return [{ ...place, ...plain, ...said, ...sort, values, low, high }];
  });
}

function kindOfRule(rule: string): MeasureKind {
  return rule.startsWith('W') ? 'weights' : rule.startsWith('D') ? 'direct' : 'behaviour';
}

type ScoreFacts = RetrieveTable['header']['scores'][number];

const copyFacts = { unit: 'share', range: [0, null] } as const;
const copyCounts: readonly ScoreFacts[] = [
  {
    ...{ ...copyFacts, id: 'legacy', title: 'Retrieval score', rule: 'R1' },
    about: 'share of the needle’s answer that the head copied: each step counts, so it can exceed 1',
    formula: 'steps where argmax key lies in the answer and is the token that is made / tokens of the answer',
    source:
      'Wu et al. 2024, arXiv 2404.15574, section 2, |g_h ∩ k| / |k|, counted as in its code; no numbered equation',
  },
  {
    ...{ ...copyFacts, id: 'capped', title: 'Retrieval, capped', range: [0, 1], rule: 'R2' },
    about: 'share of the needle’s answer that the head copied, each token counted once',
    formula: 'tokens of the answer that were copied / tokens of the answer',
    source: 'Wu et al. 2024, arXiv 2404.15574, section 2, |g_h ∩ k| / |k| as sets; no numbered equation',
  },
];

export function retrievalMeasures(run: string, { header, scores }: RetrieveTable): readonly HeadMeasure[] {
  const { layers, heads } = header.shape;
  return [...copyCounts, ...header.scores].flatMap((score) => {
    const column = scores.get(score.id);
    if (column === undefined) return [];
    const { id, title, about, formula, unit, range: ends, source, rule } = score;
    const [lowest, highest] = ends;
    const { mean: values, low, high } = column;
    const range = lowest === null || highest === null ? null : ([lowest, highest] as const);
    const plain = { call: 'scores', signed: lowest === null || lowest < 0, direction: null, of: 'head' } as const;
    const said = { title, short: title, formula, unit: unit === 'share' ? '' : unit, range, uniform: null };
    const sort = { kind: 'behaviour', family: 'retrieval', samples: 'runs', source, rule } as const;
    const place = { id: `${run}/${id}`, run, dataset: header.calibration.dataset, layers, heads };
    const measure = { ...place, ...plain, ...said, ...sort, about: `${about}; runs that count`, values, low, high };
    // How many runs count is known at the end only.
    return [Object.defineProperty({ ...measure, n: 0 }, 'n', { enumerable: true, get: () => column.n[0] ?? 0 })];
  });
}
