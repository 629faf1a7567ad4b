/**
 * Acceptance F.8: a dictionary of Kissane et al. on GPT-2 small's attention has the L0 that was published, or its convention (value
 * bias, folded norms) is wrong. The files are not part of the project: HEADSCOPE_GPT2 is a folder of GPT-2 small, HEADSCOPE_KISSANE
 * one layer's folder in SAELens' form, HEADSCOPE_WEBTEXT a text file like OpenWebText.
 */
import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { openModel } from '../../../engine/run/index.ts';
import { rowWindows } from '../../../engine/service/calls/dictionaryRows.ts';
import { sampleRows } from '../../../sae/activations/sampleRows.ts';
import { readForeign } from '../../../sae/formats/readForeign.ts';
import { dictionaryMeasuresOf } from '../../../sae/measures/dictionaryMeasures.ts';

const { HEADSCOPE_GPT2: gpt2, HEADSCOPE_KISSANE: folder, HEADSCOPE_WEBTEXT: text } = process.env;

/** By layer, of SAELens' registry (gpt2-small-hook-z-kk). */
const published = [3, 23, 16, 15, 14, 17, 17, 19, 23, 23, 14, 9.4];

it.skipIf(gpt2 === undefined || folder === undefined || text === undefined)(
  'F.8, only where HEADSCOPE_GPT2, HEADSCOPE_KISSANE and HEADSCOPE_WEBTEXT name its files: L0 is within a tenth of the published',
  async () => {
    const model = await openModel(gpt2 as string);
    const { dictionary } = await readForeign({ path: folder as string });
    const document = { name: 'text', text: readFileSync(text as string, 'utf8') };
    const source = { kind: 'documents', name: 'text', documents: [document] } as const;
    const { windows, skip } = rowWindows(model, { kind: 'text', texts: { source, n: 64, length: 128 } }, 0);
    const rows = await sampleRows(model, { windows, input: dictionary.input, skip, most: 8000 });
    await model.dispose();
    const expected = published[dictionary.input.layer ?? -1] ?? NaN;
    const { active } = await dictionaryMeasuresOf(dictionary, rows, null);
    expect(active).toBeGreaterThan(0.9 * expected);
    expect(active).toBeLessThan(1.1 * expected);
  },
  600_000,
);
