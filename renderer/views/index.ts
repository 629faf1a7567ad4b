/** The views there are, in the order of the rail. */
import type { View } from './view.ts';

export const views: readonly View[] = [];
