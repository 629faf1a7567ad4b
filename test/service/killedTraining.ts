/**
 * A process to be killed: `node killedTraining.js MODEL OUT` trains small dictionaries to their end, saved after every step, or goes
 * on with a training that was killed. Prints `start N`, where N is the step that it goes on after, and a dot for each step.
 */
import { writeSync } from 'node:fs';
import { openModel } from '../../engine/run/index.ts';
import { killedRequest, trainSmall } from './dictionaryRun.ts';

const [path = '', out = ''] = process.argv.slice(2);
await trainSmall(await openModel(path), killedRequest(out), {
  pace: { every: 0, share: 0 },
  onEvent: (event) => {
    if (event.kind === 'start') writeSync(1, `start ${event.resumedAt ?? 0}\n`);
    if (event.kind === 'step') writeSync(1, '.');
  },
});
writeSync(1, '\ndone\n');
process.exit();
