/** `headscope serve`: the workbench in a browser. */
import type { Input } from '../input.ts';
import { projectFolder } from '../userFolders.ts';
import type { Command } from './command.ts';

export const serve: Command = {
  name: 'serve',
  summary: 'the workbench in a browser',
  usage: ['serve [--open] [--project DIR] [--port N] [--host ADDRESS]'],
  about: [
    'Prints the address to open, with a token that is made anew each time: whoever has it can use the workbench. Runs until Ctrl-C; what was being computed can be gone on with the next time.',
    'It listens on this machine only, unless --host says otherwise. Nothing is encrypted then: from another machine, prefer a tunnel (ssh -L PORT:127.0.0.1:PORT).',
    "Models can be opened from the project, listed folders, and the folders of Hugging Face and LM Studio; folders can be listed in the workbench, but not from another machine's.",
  ],
  examples: ['headscope serve --open', 'headscope serve --port 8321 --project ~/heads'],
  options: {
    open: { type: 'boolean', about: 'open it in the default browser' },
    project: {
      type: 'string',
      value: 'DIR',
      about: "where runs and head sets are kept (default: HEADSCOPE_PROJECT, else the user's own project)",
    },
    port: { type: 'string', value: 'N', about: 'port to listen at (default: any that is free)' },
    host: { type: 'string', value: 'ADDRESS', about: 'address to listen at (default 127.0.0.1)' },
  },
  calls: 'none',
  async run(input, context) {
    const { host, port } = readAddress(input);
    const project = projectFolder(context.project ?? undefined);
    // Loaded here: every other command starts without it.
    const { serveWorkbench } = await import('./serveWorkbench.ts');
    await serveWorkbench({ host, port, project, opens: input.flag('open') }, context);
    return 0;
  },
};

function readAddress(input: Input): { readonly host: string; readonly port: number } {
  const host = input.text('host') ?? '127.0.0.1';
  if (host === '') input.fail('--host', { expected: 'an address of this machine', got: 'an empty name' });
  return { host, port: input.integer('port', { otherwise: 0, from: 0, to: 65_535 }) };
}
