/** Which dropped files are scores of heads, and what a form of a run has to be told. */
import { describe, expect, it } from 'vitest';
import type { ExportForm } from '../../../engine/results/exportForms.ts';
import { exportFormat } from '../../../engine/results/runs.ts';
import { firstChoice, isRanking, removeOf, requestOf } from '../../../renderer/shell/exportChoiceState.ts';
import { formGroups } from '../../../renderer/shell/exportWords.ts';
import { isScoreFile, isScoreFolder, scoreFiles } from '../../../renderer/shell/scoreFiles.ts';

function fileOf(path: string, size = 2): File {
  const name = path.split('/').at(-1) ?? '';
  return { name, size, webkitRelativePath: path, arrayBuffer: async () => new ArrayBuffer(2) } as unknown as File;
}

describe('files about heads', () => {
  it('are told from prompts, views and models', () => {
    const scores = ['head_score.json', 'full_attention_heads.tsv', 'head_mask.npy', 'qr_head_set.TXT'];
    expect(scores.every(isScoreFile)).toBe(true);
    expect(['prompts.jsonl', 'pairs.csv', 'a.view.json', 'model.gguf', 'model.safetensors'].some(isScoreFile)).toBe(
      false,
    );
    expect(isScoreFolder(['config.json', 'scatter_data.json'])).toBe(true);
    expect(isScoreFolder(['config.json', 'model.safetensors', 'tokenizer.json'])).toBe(false);
  });

  it('of a folder are those that belong to the form, at its top', async () => {
    const all = ['gates/config.json', 'gates/full_attention_heads.tsv', 'gates/log.txt', 'gates/old/config.json'];
    const { name, files } = await scoreFiles(
      all.map((path) => fileOf(path)),
      'gates',
    );
    expect([name, files.map((file) => file.name)]).toEqual(['gates', ['config.json', 'full_attention_heads.tsv']]);
  });

  it('are refused in words where there is none, and where they are too large', async () => {
    await expect(scoreFiles([fileOf('gates/log.txt')], 'gates')).rejects.toThrow(/gates: a folder without a file/);
    await expect(scoreFiles([fileOf('big.json', 2 ** 27)], null)).rejects.toThrow(/big\.json: too large/);
  });
});

const numbers = [{ id: 'copy', title: 'Copies', kind: 'behaviour', unit: 'head', units: 32 }] as const;
const form = (change: Partial<ExportForm>): ExportForm => ({
  ...{ format: 'wu', whole: false, metrics: [], ranks: [] },
  ...change,
});

describe('what a form has to be told', () => {
  it('nothing where it takes the run as it is', () => {
    const whole = form({ format: 'csv', whole: true });
    expect(requestOf('r', whole, firstChoice(whole, numbers))).toEqual({ run: 'r', format: 'csv' });
  });

  it('which numbers, where it takes one a head', () => {
    const one = form({ metrics: ['copy'] });
    expect(requestOf('r', one, firstChoice(one, numbers))).toEqual({ run: 'r', format: 'wu', metric: 'copy' });
  });

  it('how many go, where it lists what goes or stays', () => {
    const list = form({ format: 'hf-heads', ranks: ['copy'] });
    const choice = firstChoice(list, numbers);
    expect([isRanking(list, choice), choice.remove]).toEqual([true, 3]);
    expect(requestOf('r', list, choice)).toEqual({ run: 'r', format: 'hf-heads', metric: 'copy', remove: 3 });
    expect(removeOf(numbers, null)).toBe(1);
  });

  it('every form has its place among the groups, once', () => {
    const listed = formGroups.flatMap(({ formats }) => formats);
    expect(listed.toSorted()).toEqual([...exportFormat.options].toSorted());
  });
});
