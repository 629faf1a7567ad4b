/** The command line as a function: arguments and streams in, exit code out. */
import { Cancelled, connect, Defect, isAbort, pair, serve } from '../results/index.ts';
import { Fault } from '../terms/fault.ts';
import type { Command, Writer } from './commands/command.ts';
import type { HostedCalls } from './commandService.ts';
import { commandService } from './commandService.ts';
import { commands } from './commands/index.ts';
import type { ComputeChild } from './control/computeChild.ts';
import { EditSyntaxFault } from './editSyntax.ts';
import { commandHelp, overview } from './help.ts';
import { Input } from './input.ts';
import { BrokenPipe } from './output.ts';
import { ProgressLine } from './progressLine.ts';
import { projectFolder } from './userFolders.ts';
import { version } from './version.ts';

export interface Io {
  readonly stdout: Writer;
  readonly stderr: Writer & { readonly isTerminal: boolean };
  readonly signal: AbortSignal;
  /** Print stacks of our own defects. */
  readonly debug: boolean;
  /** The service to use; default: the real one, loaded when a command needs it. */
  readonly service?: () => Promise<HostedCalls>;
  /** Starts a process that computes; default: this one does. */
  readonly spawn?: () => ComputeChild;
  /** HEADSCOPE_PROJECT: where a command that can keep its work as a run does so unasked. */
  readonly project?: string;
}

/** 0 done, 1 a defect of ours, 2 bad input, 130 cancelled. Never rejects. */
export async function main(argv: readonly string[], io: Io): Promise<number> {
  try {
    return await dispatch(argv, io);
  } catch (error) {
    return report(error, io);
  }
}

async function dispatch(argv: readonly string[], io: Io): Promise<number> {
  const [name, ...rest] = argv;
  if (name === undefined) {
    await io.stderr.write(overview(commands));
    return 2;
  }
  if (name === '--version' || name === 'version') return print(io, `${version}\n`);
  const asksHelp = name === '--help' || name === '-h' || name === 'help';
  const words = name === 'help' ? rest : argv;
  if (asksHelp && words.every((word) => word === name)) return print(io, overview(commands));
  const group = groupOf(words);
  if (group.length > 0) return print(io, overview(group, group[0]?.examples[0]));
  const { command, after } = findCommand(words);
  if (asksHelp || after.includes('--help') || after.includes('-h')) return print(io, commandHelp(command));
  return runCommand(command, new Input(command, after), io);
}

async function print(io: Io, text: string): Promise<number> {
  await io.stdout.write(text);
  return 0;
}

/** Commands of two words that begin with the only word given: `headscope sae` lists them. */
function groupOf([first, ...rest]: readonly string[]): readonly Command[] {
  const isAlone = rest.every((word) => word === '--help' || word === '-h');
  return isAlone ? commands.filter(({ name }) => name.startsWith(`${first} `)) : [];
}

/** The command that the first word names, or the first two, and the words after them. */
function findCommand(words: readonly string[]): { readonly command: Command; readonly after: readonly string[] } {
  const command = commands.find(({ name }) => name.split(' ').every((word, i) => word === words[i]));
  if (command !== undefined) return { command, after: words.slice(command.name.split(' ').length) };
  const [first = '', second = ''] = words;
  const group = commands.filter(({ name }) => name.startsWith(`${first} `));
  throw new Fault({
    what: 'unknown command',
    expected: (group.length > 0 ? group : commands).map(({ name }) => name).join(', '),
    got: first === '' ? 'an empty name' : group.length > 0 ? `${first} ${second}` : first,
  });
}

// The command talks to the service only through the contract, as the workbench does.
async function runCommand(command: Command, input: Input, io: Io): Promise<number> {
  const project = projectOf(command, input, io);
  const host = io.service ?? (() => commandService(command, { project, spawn: io.spawn ?? null }));
  const hosted = await host();
  const { client: clientPort, server: serverPort } = pair();
  const server = serve(hosted.service, serverPort);
  const progress = new ProgressLine(io.stderr);
  const { stdout, stderr, signal } = io;
  try {
    return await command.run(input, { client: connect(clientPort), stdout, stderr, progress, signal, project });
  } finally {
    progress.clear();
    await server.close();
    await hosted.dispose();
  }
}

function projectOf({ options, needsProject = false }: Command, input: Input, io: Io): string | null {
  if (!('project' in options)) return null;
  const named = input.path('project') ?? (io.project || undefined);
  return named === undefined && !needsProject ? null : projectFolder(named);
}

async function report(error: unknown, io: Io): Promise<number> {
  if (error instanceof BrokenPipe) return 0;
  const { code, text } = describe(error, io);
  await io.stderr.write(text).catch(() => undefined);
  return code;
}

function describe(error: unknown, { debug }: Io): { code: number; text: string } {
  if (error instanceof EditSyntaxFault) return { code: 2, text: `headscope: ${error.message}\n${pointer(error)}` };
  if (error instanceof Fault) return { code: 2, text: `headscope: ${error.message}\n` };
  if (error instanceof Cancelled || isAbort(error)) return { code: 130, text: 'headscope: cancelled\n' };
  const message = error instanceof Error ? error.message : String(error);
  const stack =
    error instanceof Defect ? (error.remoteStack ?? error.stack) : error instanceof Error ? error.stack : '';
  const hint = debug
    ? `${stack}\n`
    : 'This is a defect of headscope: please report it. HEADSCOPE_DEBUG=1 shows where it happened.\n';
  return { code: 1, text: `headscope: ${message.split('\n')[0]}\n${hint}` };
}

/** The edit, and a caret under the character. */
function pointer({ text, offset }: EditSyntaxFault): string {
  return `  ${text}\n  ${' '.repeat(offset)}^\n`;
}
