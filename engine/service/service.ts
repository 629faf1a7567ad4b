/** The service: every call of the contract over the engine's parts. */
import type { Service } from '../results/index.ts';
import { ablateCall } from './calls/ablate.ts';
import { attributeCall } from './calls/attribute.ts';
import { captureCall } from './calls/capture.ts';
import { familiesCall } from './calls/families.ts';
import { generateCall } from './calls/generate.ts';
import { infoCall } from './calls/info.ts';
import { openCall } from './calls/open.ts';
import { pullCall } from './calls/pull.ts';
import { runCall } from './calls/run.ts';
import { scoresCall } from './calls/scores.ts';
import { taskCall, tasksCall } from './calls/task.ts';
import { trainCall } from './calls/train.ts';
import { verifyCall } from './calls/verify.ts';
import { OpenModels } from './openModels.ts';

export interface HostedService {
  readonly service: Service;
  /** Closes the open model, once no call uses it. */
  dispose(): Promise<void>;
}

export function createService(models: OpenModels = new OpenModels()): HostedService {
  const service: Service = {
    info: infoCall(),
    families: familiesCall(),
    open: openCall(models),
    verify: verifyCall(),
    run: runCall(models),
    generate: generateCall(models),
    capture: captureCall(models),
    tasks: tasksCall(),
    task: taskCall(models),
    scores: scoresCall(models),
    ablate: ablateCall(models),
    attribute: attributeCall(models),
    train: trainCall(),
    pull: pullCall(),
  };
  return { service, dispose: () => models.dispose() };
}
