/** Methods on mean head writes that rank heads by codes, with the controls that tell what their ranks mean. */
import type { CircuitMethod } from '../../engine/circuits/method.ts';
import { hashCodes } from './controls/hashCodes.ts';
import { kMeansCodes } from './controls/kMeansCodes.ts';
import { probe } from './controls/probe.ts';
import { standardisedDifference } from './controls/standardisedDifference.ts';
import { untrainedCodes } from './controls/untrainedCodes.ts';
import { writeNorm } from './controls/writeNorm.ts';
import { discreteSae } from './methods/discreteSae.ts';
import { discreteSaePairs } from './methods/discreteSaePairs.ts';
import { topOneCodes } from './methods/topOneCodes.ts';
import { vectorQuantisedCodes } from './methods/vectorQuantisedCodes.ts';

export const discreteMethods: readonly CircuitMethod[] = [
  discreteSae,
  discreteSaePairs,
  vectorQuantisedCodes,
  topOneCodes,
  untrainedCodes,
  kMeansCodes,
  hashCodes,
  writeNorm,
  standardisedDifference,
  probe,
];
