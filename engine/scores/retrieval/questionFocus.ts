/** QRHead: how much more the question looks at the needle than a question that asks nothing. */
import type { Model } from '../../run/index.ts';
import type { AttendedRows } from '../../run/cachedRun.ts';
import { CachedRun } from '../../run/cachedRun.ts';
import type { Span } from '../../tasks/needles/index.ts';
import { axisSize } from '../../tensor/tensor.ts';
import type { QuestionScore, TargetRun } from './retrievalScore.ts';

export const questionFocus: QuestionScore = {
  id: 'questionFocus',
  title: 'Query-focused retrieval',
  rule: 'R7',
  about: "attention from the question's tokens to the needle's, less that from a question which says N/A",
  formula: 'S = Σ_{j∈I} c_j,  c_j = mean_{q∈Q} A_qj − mean_{q∈N/A} A_qj, without c_j below mean − 2 sd',
  source: 'QRHead, Zhang et al. 2025',
  unit: 'share',
  range: [-1, 1],
  reads: 'question',
};

/** [L N]; null where the run doesn't say which tokens ask. One forward pass; the haystack is run once for both questions. */
export async function readQuestion(model: Model, run: TargetRun, signal?: AbortSignal): Promise<Float64Array | null> {
  const { question, blank, sentence } = run;
  if (question === undefined || blank === undefined || sentence === undefined) return null;
  const options = signal === undefined ? {} : { signal };
  return model.exclusive(async () => {
    const cached = new CachedRun(model);
    await cached.extend(run.ids.slice(0, question[0]), options);
    const asked = new NeedleAttention(model, sentence);
    const blankly = new NeedleAttention(model, sentence);
    await cached.fork().extend(run.ids.slice(...question), { ...options, read: (rows) => asked.add(rows) });
    await cached.extend(blank.ids.slice(...blank.question), { ...options, read: (rows) => blankly.add(rows) });
    return asked.calibrated(blankly);
  });
}

/** Mean over queries of the attention to each of the needle's tokens, [L N J]. */
class NeedleAttention {
  readonly #span: Span;
  readonly #heads: number;
  readonly #sums: Float64Array;
  /** Rows added to the first layer, which every layer gets. */
  #queries = 0;

  constructor({ family: { shape } }: Model, span: Span) {
    this.#span = span;
    this.#heads = shape.heads;
    this.#sums = new Float64Array(shape.layers * shape.heads * (span[1] - span[0]));
  }

  add({ layer, pattern }: AttendedRows): void {
    const [from, to] = this.#span;
    const [rows, keys] = [axisSize(pattern, 'P'), axisSize(pattern, 'K')];
    if (layer === 0) this.#queries += rows;
    for (let line = 0; line < this.#heads * rows; line++) {
      const at = (layer * this.#heads + Math.floor(line / rows)) * (to - from);
      for (let j = from; j < to; j++)
        this.#sums[at + j - from] = (this.#sums[at + j - from] ?? 0) + (pattern.data[line * keys + j] ?? 0);
    }
  }

  calibrated(blank: NeedleAttention): Float64Array {
    const tokens = this.#span[1] - this.#span[0];
    const differences = this.#sums.map(
      (sum, i) => sum / this.#queries - (blank.#sums[i] ?? 0) / Math.max(1, blank.#queries),
    );
    return Float64Array.from({ length: differences.length / tokens }, (_, head) =>
      withoutAbnormal(differences.subarray(head * tokens, (head + 1) * tokens)),
    );
  }
}

/** Sum of the values above mean - 2 sd. */
function withoutAbnormal(values: Float64Array): number {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  const variance = values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length;
  const least = mean - 2 * Math.sqrt(variance);
  return values.reduce((sum, value) => sum + (value >= least ? value : 0), 0);
}
