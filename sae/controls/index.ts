/** Controls that are made of rows alone. Those that go through training: `untrained`, `frozenDecoder`; with known attributes: `supervised`. */
import { clusterCentres } from './clusterCentres.ts';
import type { Control } from './control.ts';
import { pca } from './pca.ts';
import { randomDirections } from './randomDirections.ts';

export const controls: readonly Control[] = [pca, clusterCentres, randomDirections];
