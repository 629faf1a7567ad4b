/** How well a linear probe on a head's writes tells positive prompts from negative ones. */
import type { CircuitMethod } from '../../../engine/circuits/method.ts';
import { Fault } from '../../../engine/terms/fault.ts';
import type { Rows } from '../../rows.ts';
import { lessCentre, meanRow } from '../../rows.ts';
import type { CountedWrites } from '../countedWrites.ts';
import { drawnWrites, rankedHeads } from '../headRanking.ts';
import type { LabelScorer } from '../labelScorer.ts';
import { normalisationSettings } from '../normalised.ts';
import { Pace } from '../pace.ts';
import { promptSettings } from '../promptChoice.ts';
import { GramProgram } from './gramProgram.ts';
import type { LeftOut } from './leftOutAccuracy.ts';
import { leftOutAccuracy, residualMatrix } from './leftOutAccuracy.ts';

const settings = {
  ...promptSettings,
  leaveOut: {
    kind: 'choice',
    title: 'left out',
    about:
      'pair: a prompt together with its partner of the other class, which differs from it in a word and would draw every fit ' +
      'to the wrong side; prompt: alone. Prompts that repeat what is left out are left out too',
    default: 'pair',
    choices: ['pair', 'prompt'],
  },
  ridge: {
    kind: 'number',
    title: 'ridge',
    about: 'the penalty, as a multiple of the mean eigenvalue of the gram matrix of the head’s writes',
    default: 1,
    range: [1e-6, 1e6],
  },
  ...normalisationSettings,
} as const;

export const probe: CircuitMethod<typeof settings> = {
  id: 'probe',
  title: 'Linear probe',
  about:
    'Accuracy of a ridge classifier on a head’s writes for prompts that it was not fitted to: whether the head carries what ' +
    'tells the classes apart, by a straight line.',
  source: 'ridge regression with the leave-out shortcut (Hastie et al. 2009, sections 3.4 and 7.10)',
  role: 'control',
  level: 'nodes',
  nodes: ['heads'],
  needs: ['negative'],
  seeded: false,
  settings,
  async rank(scene, values, options) {
    const writes = await drawnWrites(scene, values, options);
    const pace = new Pace(scene.signal, options.onProgress, writes.heads);
    return rankedHeads(scene, writes, values, options, probeScorer(writes, values), pace);
  },
};

interface ProbeRule {
  readonly leaveOut: 'pair' | 'prompt';
  readonly ridge: number;
}

/** Head by head, so that one head's matrix is there at a time. Throws Fault where too few prompts are different. */
function probeScorer(writes: CountedWrites, { leaveOut, ridge }: ProbeRule): LabelScorer {
  const leftOut = leftOutWith(writes, leaveOut);
  checkFitted(writes, leftOut);
  return async (labellings, pace) => {
    const scores = labellings.map(() => new Float64Array(writes.heads).fill(0.5));
    const program = await GramProgram.create(writes.width);
    try {
      for (let head = 0; head < writes.heads; head++) {
        const residuals = residualMatrix(await program.gram(centredRows(writes, head)), writes.prompts, ridge);
        if (residuals !== null) {
          const accuracyOf = leftOutAccuracy(residuals, leftOut);
          labellings.forEach((labels, i) => ((scores[i] as Float64Array)[head] = accuracyOf(labels)));
        }
        await pace.advance();
      }
    } finally {
      await program.release();
    }
    return scores;
  };
}

/** Of each prompt all that repeat it, and of pairs the partners of these with all that repeat them: what was fitted is no test. */
function leftOutWith({ partners, texts }: CountedWrites, leaveOut: ProbeRule['leaveOut']): LeftOut {
  const alike = new Map<string, number[]>();
  texts.forEach((text, prompt) => alike.set(text, [...(alike.get(text) ?? []), prompt]));
  const sameAs = (prompt: number) => alike.get(texts[prompt] ?? '') ?? [];
  return texts.map((_, prompt) => {
    const own = sameAs(prompt);
    const theirs = leaveOut === 'pair' ? own.map((one) => partners[one] as number).filter((one) => one >= 0) : [];
    return [...new Set([prompt, ...own, ...theirs.flatMap(sameAs)])];
  });
}

function checkFitted({ labels, texts, prompts }: CountedWrites, leftOut: LeftOut): void {
  const positive = labels.reduce((sum, label) => sum + label, 0);
  const isEnough = leftOut.every((own) => {
    const out = own.reduce((sum, prompt) => sum + (labels[prompt] as number), 0);
    return out < positive && own.length - out < prompts - positive;
  });
  if (isEnough) return;
  const expected = 'some of each class that are left when one is left out with its partner and all that repeat them';
  throw new Fault({ what: 'too few prompts', expected, got: `${new Set(texts).size} different ones of ${prompts}` });
}

/** [E D] a head's writes less their mean. */
function centredRows({ width, prompts, of }: CountedWrites, head: number): Rows {
  const data = new Float32Array(prompts * width);
  for (let prompt = 0; prompt < prompts; prompt++)
    data.set(of(prompt).subarray(head * width, (head + 1) * width), prompt * width);
  const rows = { width, data };
  return lessCentre(rows, meanRow(rows));
}
