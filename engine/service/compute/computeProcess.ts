/** Entry of the forked compute process: it serves its parent, and ends with it. */
import { processPort } from '../transports/processPort.ts';
import { hostCompute } from './hostCompute.ts';

/** Milliseconds that calls have to stop once the parent is gone. */
const PATIENCE = 5000;

// Ctrl-C in a terminal reaches this process too: what it means is for the parent to say.
process.on('SIGINT', () => undefined);
process.once('disconnect', () => setTimeout(() => process.exit(0), PATIENCE).unref());

await hostCompute(processPort(process));
process.exit(0);
