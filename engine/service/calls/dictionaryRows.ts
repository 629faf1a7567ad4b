/** What rows of a dictionary come from: windows of text, or the prompts of a task or a file. */
import { createHash } from 'node:crypto';
import type { RowsFrom } from '../../results/dictionaries.ts';
import type { Model } from '../../run/index.ts';
import type { Prompt } from '../../tasks/task.ts';
import { calibrationOf } from './calibration.ts';
import { measuredPrompts } from './measuredPrompts.ts';

export interface RowWindows {
  /** Token ids. */
  readonly windows: readonly (readonly number[])[];
  /** Tokens of a window that give no row: 1 where it begins with the BOS that the model's encoding puts there. */
  readonly skip: number;
  /** `stories`, files, or a task. */
  readonly source: string;
  /** What a token of a window comes from: `story 12`, `prompt 3`. */
  readonly nameOf: (window: number, position: number) => string;
  readonly tokenIdsSha256: string;
  readonly notes: readonly string[];
  /** The prompts that the windows are; null for text. */
  readonly prompts: readonly Prompt[] | null;
}

/** Throws Fault as `calibrationOf` and `measuredPrompts` do. */
export function rowWindows(model: Model, from: RowsFrom, seed: number): RowWindows {
  if (from.kind === 'text') {
    const { windows, name, documents, documentOf } = calibrationOf(model, from.texts, seed);
    // BOS is of the document that it stands before.
    const nameOf = (window: number, position: number) => {
      const own = documentOf[window] ?? [];
      return documents[own.slice(position).find((document) => document >= 0) ?? -1]?.name ?? `window ${window + 1}`;
    };
    return described(model, windows, { source: name, notes: [], prompts: null, nameOf });
  }
  const { prompts, dataset, notes } = measuredPrompts(model, { prompts: from.prompts });
  return described(
    model,
    prompts.map(({ ids }) => ids),
    { source: dataset, notes, prompts, nameOf: (window) => `prompt ${window + 1}` },
  );
}

function described(
  model: Model,
  windows: RowWindows['windows'],
  rest: Pick<RowWindows, 'source' | 'notes' | 'prompts' | 'nameOf'>,
): RowWindows {
  const bos = model.tokenizerReason === null && model.tokenizer.addsBos ? model.tokenizer.bosId : null;
  const startsWithBos = bos !== null && windows.every((window) => window[0] === bos);
  const tokenIdsSha256 = createHash('sha256').update(JSON.stringify(windows)).digest('hex');
  return { ...rest, windows, skip: startsWithBos ? 1 : 0, tokenIdsSha256 };
}
