/** `npm start`: the desktop program, or the same workbench in a browser where Electron can't run. */
import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { electronBinary } from './electronBinary.ts';

const desktop = fileURLToPath(new URL('../main/main.js', import.meta.url));
const commandLine = fileURLToPath(new URL('../../engine/service/cli.js', import.meta.url));

/** A desktop program that fails sooner than this has not started: a library is missing, or there is no screen after all. */
const START_LIMIT = 10_000;

const args = process.argv.slice(2);
const say = (line: string) => process.stderr.write(`${line}\n`);

const binary = await electronBinary(say);
process.exitCode = 'path' in binary ? await startDesktop(binary.path) : await serve(binary.reason);

async function startDesktop(path: string): Promise<number> {
  const started = Date.now();
  const code = await run(path, [desktop, ...args]);
  return code !== 0 && Date.now() - started < START_LIMIT ? serve(`it ended at once with code ${code}`) : code;
}

/** On this machine only, until Ctrl-C. */
function serve(reason: string): Promise<number> {
  const opens = process.stdout.isTTY === true ? ['--open'] : [];
  const instead = opens.length > 0 ? 'the workbench opens in a browser instead' : 'open the workbench in a browser, at';
  say(`Electron can't be used here (${reason}): ${instead}`);
  return run(process.execPath, [commandLine, 'serve', ...opens, ...args]);
}

/** The exit code, 130 where it ended by Ctrl-C. */
function run(program: string, given: readonly string[]): Promise<number> {
  const child = spawn(program, given, { stdio: 'inherit' });
  // Ctrl-C reaches the child too, which ends in its own time.
  const passOn = (signal: NodeJS.Signals) => child.kill(signal);
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, passOn);
  return new Promise((resolve) => {
    child.once('error', (error) => {
      say(error.message);
      resolve(1);
    });
    child.once('exit', (code, signal) => resolve(code ?? (signal === 'SIGINT' || signal === 'SIGTERM' ? 130 : 1)));
  });
}
