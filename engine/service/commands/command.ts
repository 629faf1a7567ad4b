/** What a command of the command line is: one file each; index.ts is the list. */
import type { Client } from '../../results/index.ts';
import type { Input } from '../input.ts';
import type { ProgressLine } from '../progressLine.ts';

export interface Option {
  readonly type: 'string' | 'boolean';
  /** May be given several times. */
  readonly multiple?: true;
  /** What to call the value in the help. */
  readonly value?: string;
  readonly about: string;
}

export interface Writer {
  /** Rejects with the system's error. */
  write(text: string): Promise<void>;
}

export interface Context {
  readonly client: Client;
  /** Tables and results. */
  readonly stdout: Writer;
  /** Notes; progress goes to the same place. */
  readonly stderr: Writer;
  readonly progress: ProgressLine;
  readonly signal: AbortSignal;
}

export interface Command {
  readonly name: string;
  readonly summary: string;
  /** Forms of the command line, without `headscope`. */
  readonly usage: readonly string[];
  /** More than the summary, in paragraphs. */
  readonly about: readonly string[];
  /** Whole command lines. */
  readonly examples: readonly string[];
  readonly options: Readonly<Record<string, Option>>;
  /** Resolves to the exit code. */
  run(input: Input, context: Context): Promise<number>;
}
