/** How much a training takes unless its user says otherwise: what the model can be run over in about a minute of two cores. */
import type { ResultOf } from '../../../engine/results/contract.ts';

export type WorkShape = Pick<
  ResultOf<'info'>['shape'],
  'layers' | 'width' | 'mlpWidth' | 'outputVocabulary' | 'context'
>;

export interface ProposedWork {
  /** Windows of text, whose tokens are rows. */
  readonly windows: number;
  /** Tokens of recovered loss at each measuring; each costs a run for every dictionary and every control. */
  readonly lossTokens: number;
  /** Are controls among those proposed that train along? They take as long as the dictionary. */
  readonly trainsControls: boolean;
}

/** Weights times tokens: of one pass over the rows, and of one dictionary's recovered loss at one measuring. */
const ROW_WORK = 1.4e12;
const LOSS_WORK = 1e10;
/** A model of fewer weights is run over all of it in seconds. */
const SMALL = 2e7;
const LENGTH = 128;

export function proposedWork(shape: WorkShape): ProposedWork {
  const weights = weightsRead(shape);
  if (weights < SMALL) return { windows: 128, lossTokens: 256, trainsControls: true };
  return {
    windows: powerWithin(ROW_WORK / (weights * LENGTH), 16, 128),
    lossTokens: powerWithin(LOSS_WORK / weights, 16, 256),
    trainsControls: false,
  };
}

/** About as many as a token is multiplied with: attention 4 D^2 and a gated MLP 3 D M a layer, unembedding D V. */
function weightsRead({ layers, width, mlpWidth, outputVocabulary }: WorkShape): number {
  return width * (layers * (4 * width + 3 * (mlpWidth ?? 0)) + outputVocabulary);
}

/** The power of two at or below the number. */
function powerWithin(number: number, least: number, most: number): number {
  return Math.min(most, Math.max(least, 2 ** Math.floor(Math.log2(number))));
}
