/** `headscope sae ...`: everything about dictionaries, one file a command. */
import type { Command } from './command.ts';
import { saeEval } from './saeEval.ts';
import { saeExport } from './saeExport.ts';
import { saeFeatures } from './saeFeatures.ts';
import { saeImport } from './saeImport.ts';
import { saeTrain } from './saeTrain.ts';

export const saeCommands: readonly Command[] = [saeTrain, saeEval, saeFeatures, saeImport, saeExport];
