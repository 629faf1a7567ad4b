#!/usr/bin/env node
/** The `headscope` program: joins the process's streams and signals to main.ts. */
import type { Writer } from './commands/command.ts';
import { forkCompute } from './control/forkCompute.ts';
import { main } from './main.ts';
import { BrokenPipe, cannotWrite, codeOf } from './output.ts';

const controller = new AbortController();

/** One Ctrl-C may come twice, from the terminal and from the program that started this one. Milliseconds. */
const ECHO = 300;
let asked = -Infinity;

// The first Ctrl-C asks, the second one insists.
for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.on(signal, () => {
    if (performance.now() - asked < ECHO) return;
    if (controller.signal.aborted) process.exit(130);
    asked = performance.now();
    controller.abort();
  });
}

const stdout = writerOf(process.stdout, 'standard output');
const stderr = { ...writerOf(process.stderr, 'standard error'), isTerminal: process.stderr.isTTY === true };
const debug = (process.env['HEADSCOPE_DEBUG'] ?? '') !== '';

process.exitCode = await main(process.argv.slice(2), {
  ...{ stdout, stderr, debug, spawn: forkCompute },
  signal: controller.signal,
  project: process.env['HEADSCOPE_PROJECT'] ?? '',
});

function writerOf(stream: NodeJS.WriteStream, name: string): Writer {
  // Each write reports its own failure; without a listener the stream's event would end the process.
  stream.on('error', () => undefined);
  return {
    write: (text) =>
      new Promise((resolve, reject) => {
        stream.write(text, (error) => {
          if (error === null || error === undefined) resolve();
          else reject(codeOf(error) === 'EPIPE' ? new BrokenPipe() : cannotWrite(name, error));
        });
      }),
  };
}
