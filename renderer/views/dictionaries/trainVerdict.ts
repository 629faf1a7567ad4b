/** What the numbers of a training say against its controls, in plain sentences. */
import type { DictionaryMeasures } from '../../../engine/results/dictionaries.ts';
import { formatNumber } from '../../marks/format.ts';
import type { TrainRows } from './trainRows.ts';
import { lastMeasured } from './trainRows.ts';

/** A control may have so many times as many active features and still count as equally sparse. */
const AS_SPARSE = 1.05;

/** Of each dictionary for which a control does as well; empty where none does, or nothing is known yet. */
export function trainVerdict(rows: TrainRows): readonly string[] {
  const { dictionaries } = rows.header;
  return dictionaries
    .filter(({ control }) => control === null)
    .flatMap(({ name }) => {
      const own = lastMeasured(rows, name);
      if (own === null) return [];
      return dictionaries.flatMap(({ name: beside, control }) => {
        const measures = control?.of === name ? lastMeasured(rows, beside) : null;
        return control === null || measures === null ? [] : sentences(name, own, control.id, measures);
      });
    });
}

function sentences(
  name: string,
  own: DictionaryMeasures,
  control: string,
  beside: DictionaryMeasures,
): readonly string[] {
  if (beside.active > own.active * AS_SPARSE) return [];
  const at = `at L0 ${formatNumber(beside.active)} against ${formatNumber(own.active)}`;
  const explains = beside.unexplained <= own.unexplained;
  // Not recovered loss: of a single head it is a small difference over a small one, and chance moves it further than a dictionary does.
  const [mine, its] = [own.loss?.kl ?? null, beside.loss?.kl ?? null];
  const keeps = mine !== null && its !== null && its <= mine;
  if (!explains && !keeps) return [];
  const parts = [
    ...(explains ? [`leaves ${share(beside.unexplained)} of the variance, not ${share(own.unexplained)}`] : []),
    ...(keeps ? [`moves the output by ${formatNumber(its)} nats (KL), not ${formatNumber(mine)}`] : []),
  ];
  return [`The control ${control} does as well as ${name}: it ${parts.join(' and ')}, ${at}.`];
}

function share(value: number): string {
  return `${formatNumber(Number((value * 100).toPrecision(3)))} %`;
}
