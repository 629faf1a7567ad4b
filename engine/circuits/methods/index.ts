/** Methods that rank nodes with the model's own runs: one file and one line here each. Those from codes: sae/circuits. */
import type { CircuitMethod } from '../method.ts';
import { ablation } from './ablation.ts';
import { attributionPatching } from './attributionPatching.ts';
import { gradientTimesActivation } from './gradientTimesActivation.ts';
import { integratedGradients } from './integratedGradients.ts';
import { meanDifference } from './meanDifference.ts';
import { patching } from './patching.ts';

export const circuitMethods: readonly CircuitMethod[] = [
  patching,
  ablation,
  attributionPatching,
  integratedGradients,
  gradientTimesActivation,
  meanDifference,
];
