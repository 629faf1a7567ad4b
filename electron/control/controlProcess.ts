/** The control process of the desktop program: the workbench, for every window that main gives it a port of. */
import { usualHeartbeat } from '../../engine/results/heartbeat.ts';
import { serve } from '../../engine/results/index.ts';
import { mainPort } from '../ports/mainPort.ts';
import { createWorkbench } from '../../engine/service/control/workbench.ts';
import { projectFolder } from '../../engine/service/userFolders.ts';
import type { ToControl } from '../main/processMessages.ts';
import { ComputeByMain } from './computeByMain.ts';

const main = process.parentPort;
const compute = new ComputeByMain((message) => main.postMessage(message));

// Windows may come before the project is open: their ports keep what they are sent.
const workbench = createWorkbench({ project: projectFolder(projectOf(process.argv)), spawn: compute.spawn });

main.on('message', ({ data, ports }) => {
  const message = data as ToControl;
  if (message.kind !== 'window') return compute.heard(message, ports);
  const [port] = ports;
  if (port !== undefined) void serveWindow(mainPort(port));
});

async function serveWindow(port: Parameters<typeof serve>[1]): Promise<void> {
  const { service } = await workbench;
  serve(service, port, { heartbeat: usualHeartbeat });
}

/** `--project DIR`, as the command line has it. */
function projectOf(args: readonly string[]): string | undefined {
  const at = args.indexOf('--project');
  return at < 0 ? undefined : args[at + 1];
}
