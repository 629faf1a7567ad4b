import { openModel } from '../../engine/run/index.ts';
import type { Model } from '../../engine/run/index.ts';
import type { HeadScore, ScorePrompt } from '../../engine/scores/headScore.ts';
import { headScores } from '../../engine/scores/headScores.ts';
import { scores } from '../../engine/scores/index.ts';
import type { Benchmark } from './benchmark.ts';
import { interleaved, rounded, timed } from './benchmark.ts';
import { someText } from './ioiPrompts.ts';

/** Scores of attention that are read on the prompts as they are, and ask nothing of the model's predictions. */
const ofPatterns = scores.filter(({ reading, predicts }) => reading !== 'write' && reading !== 'overlap' && !predicts);

export const patternScores: Benchmark = {
  id: 'scores',
  about: 'scores of all heads at 8 x 512 tokens, taking turns with a plain forward pass with the last logits',
  async run({ model: path, repeats }) {
    const model = await openModel(path, { weights: 'float32' });
    const ids = someText(8, 512);
    const prompts = ids.map((row): ScorePrompt => ({ ids: row, bosId: null, copies: null }));
    const { layers, heads } = model.family.shape;
    const each = Object.fromEntries(
      groups().map(([name, chosen]) => [name, () => timed(() => readAll(model, prompts, chosen))] as const),
    );
    const times = await interleaved(
      { forward: () => timed(() => model.forward({ ids, logits: 'last' })), ...each },
      repeats,
    );
    await model.dispose();
    const over = Object.entries(times).map(([name, ms]) => [name, rounded(ms / times.forward, 2)] as const);
    return {
      heads: layers * heads,
      scores: ofPatterns.map(({ id }) => id),
      ms: times,
      overForward: Object.fromEntries(over),
    };
  },
};

function groups(): [string, readonly HeadScore[]][] {
  const writes = scores.filter(({ reading }) => reading === 'write');
  const byReading = ['weighted', 'entropy', 'largest', 'columns'].map((reading): [string, readonly HeadScore[]] => [
    reading,
    scores.filter((score) => score.reading === reading),
  ]);
  return [['patternScores', ofPatterns], ['withWrites', [...ofPatterns, ...writes]], ...byReading];
}

async function readAll(model: Model, prompts: readonly ScorePrompt[], chosen: readonly HeadScore[]): Promise<void> {
  const events = headScores(model, { prompts, seed: 0, scores: chosen });
  while ((await events.next()).done !== true);
}
