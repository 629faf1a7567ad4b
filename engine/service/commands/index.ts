/** The commands: one file and one line here each, in the order of the help. */
import { ablate } from './ablate.ts';
import { attribute } from './attribute.ts';
import { capture } from './capture.ts';
import { circuit } from './circuit.ts';
import type { Command } from './command.ts';
import { convert } from './convert.ts';
import { composition } from './composition.ts';
import { dla } from './dla.ts';
import { duo } from './duo.ts';
import { generate } from './generate.ts';
import { exportRun } from './exportRun.ts';
import { importance } from './importance.ts';
import { info } from './info.ts';
import { map } from './map.ts';
import { onnx } from './onnx.ts';
import { parity } from './parity.ts';
import { plan } from './plan.ts';
import { prune } from './prune.ts';
import { pull } from './pull.ts';
import { replay } from './replay.ts';
import { resume } from './resume.ts';
import { retrieve } from './retrieve.ts';
import { retrieveMask } from './retrieveMask.ts';
import { run } from './run.ts';
import { runs } from './runs.ts';
import { saeCommands } from './sae.ts';
import { scores } from './scores.ts';
import { serve } from './serve.ts';
import { streaming } from './streaming.ts';
import { task } from './task.ts';
import { train } from './train.ts';
import { weights } from './weights.ts';

export const commands: readonly Command[] = [
  info,
  parity,
  run,
  generate,
  capture,
  scores,
  retrieve,
  retrieveMask,
  streaming,
  weights,
  composition,
  dla,
  map,
  ablate,
  attribute,
  circuit,
  importance,
  plan,
  prune,
  onnx,
  task,
  duo,
  train,
  ...saeCommands,
  pull,
  runs,
  resume,
  replay,
  exportRun,
  convert,
  serve,
];
