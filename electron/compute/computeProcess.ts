/** The compute process of the desktop program: serves the port that main joins to the control process. */
import { mainPort } from '../ports/mainPort.ts';
import { hostCompute } from '../../engine/service/compute/hostCompute.ts';

process.parentPort.once('message', ({ ports: [port] }) => {
  if (port === undefined) throw new Error('compute process: main sent no port');
  void hostCompute(mainPort(port)).then(() => process.exit(0));
});
