/** What all faces of the place look at. */
import type { HeadRef } from '../../../engine/results/units.ts';
import type { HeadShape } from '../../marks/headShape.ts';
import type { Reader } from './reader.ts';
import type { SettingsInUse } from './useSettings.ts';
import type { ReadyPrompt } from './useShownPrompt.ts';

export interface Scene extends SettingsInUse {
  readonly shape: HeadShape;
  readonly prompt: ReadyPrompt;
  readonly head: HeadRef;
  readonly reader: Reader;
}
