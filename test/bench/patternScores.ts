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

const ofWrites = scores.filter(({ reading }) => reading === 'write');

export const patternScores: Benchmark = {
  id: 'scores',
  about: 'scores of all heads at 8 x 512 tokens, taking turns with a plain forward pass with the last logits',
  async run({ model: path, repeats }) {
    const model = await openModel(path, { weights: 'float32' });
    const ids = someText(8, 512);
    const prompts = ids.map((row): ScorePrompt => ({ ids: row, bosId: null, copies: null }));
    const { layers, heads } = model.family.shape;
    const reading = (chosen: readonly HeadScore[]) => () => timed(() => readAll(model, prompts, chosen));
    const times = await interleaved(
      {
        forward: () => timed(() => model.forward({ ids, logits: 'last' })),
        ofPatterns: reading(ofPatterns),
        andWrites: reading([...ofPatterns, ...ofWrites]),
      },
      repeats,
    );
    await model.dispose();
    return {
      heads: layers * heads,
      scores: ofPatterns.map(({ id }) => id),
      ...times,
      ofPatternsOverForward: rounded(times.ofPatterns / times.forward, 2),
      andWritesOverForward: rounded(times.andWrites / times.forward, 2),
    };
  },
};

async function readAll(model: Model, prompts: readonly ScorePrompt[], chosen: readonly HeadScore[]): Promise<void> {
  const events = headScores(model, { prompts, seed: 0, scores: chosen });
  while ((await events.next()).done !== true);
}
