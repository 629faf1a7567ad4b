/** Text of random tokens for the tests of importance, and a model's own losses on it by plain forward passes. */
import { calibrationText } from '../../../engine/prune/calibration/calibrationText.ts';
import type { CalibrationText } from '../../../engine/prune/calibration/calibrationText.ts';
import { criterionById } from '../../../engine/prune/criteria/index.ts';
import type { ImportanceEvent, ImportanceRequest } from '../../../engine/prune/importance/importance.ts';
import { importance } from '../../../engine/prune/importance/importance.ts';
import type { ImportanceRow } from '../../../engine/results/importance.ts';
import type { Model } from '../../../engine/run/index.ts';
import type { Edit } from '../../../engine/terms/edits.ts';
import type { Tensor } from '../../../engine/tensor/tensor.ts';
import { axisSize } from '../../../engine/tensor/tensor.ts';
import { randomIds } from '../../run/models.ts';

/** Three documents, cut into windows of 12 tokens. */
export function randomText(model: Model, n = 3, length = 12): CalibrationText {
  const documents = [0, 1, 2].map((i) => ({ name: `document ${i}`, ids: randomIds(model, n * 5, 11 + i) }));
  return calibrationText(documents, { name: 'random', n, length, bosId: null });
}

/** Mean loss of a predicted token, by window. */
export async function lossesByForward(model: Model, text: CalibrationText, edits: readonly Edit[] = []) {
  const losses: number[] = [];
  for (const ids of text.windows) {
    const { logits } = await model.forward({ ids: [ids], edits });
    if (logits === null) throw new RangeError('no logits');
    losses.push(meanOf(ids.slice(1).map((id, p) => lossAt(logits, p, id))));
  }
  return losses;
}

/** -log softmax(logits at p)[id] */
function lossAt(logits: Tensor, p: number, id: number): number {
  const width = axisSize(logits, 'V');
  const row = logits.data.subarray(p * width, (p + 1) * width);
  return Math.log(row.reduce((sum, logit) => sum + Math.exp(logit), 0)) - (row[id] ?? NaN);
}

export const meanOf = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;

type Asked = Partial<Omit<ImportanceRequest, 'criteria' | 'text'>> & {
  readonly criteria: readonly string[];
  readonly text: CalibrationText;
};

function asked({ criteria, ...rest }: Asked): ImportanceRequest {
  return {
    ...{ unit: 'head', heads: false, absGranularity: 'token', estimateOnly: false, seed: 0, known: [] },
    shapley: { orders: 2, tolerance: 0, windows: 1 },
    ...rest,
    criteria: criteria.map(criterionById),
  };
}

async function eventsOf(model: Model, request: Asked): Promise<ImportanceEvent[]> {
  const events: ImportanceEvent[] = [];
  for await (const event of importance(model, asked(request))) events.push(event);
  return events;
}

export async function rowsOf(model: Model, request: Asked): Promise<ImportanceRow[]> {
  return (await eventsOf(model, request)).filter((event) => event.kind === 'row');
}

export async function valuesOf(model: Model, request: Asked, criterion: string): Promise<readonly number[]> {
  const unit = request.unit ?? 'head';
  const rows = await rowsOf(model, request);
  const row = rows.find((one) => one.of === 'values' && one.criterion === criterion && one.unit === unit);
  if (row?.of !== 'values') throw new RangeError(`no values of ${criterion}`);
  return row.values;
}
