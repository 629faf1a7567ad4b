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
  /** Folder of the project in which the work is kept as a run; null: it is kept nowhere. */
  readonly project: string | null;
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
  /**
   * What it asks of the service: `headers`, nothing that takes long or much memory; `none`, nothing at all. Default: anything,
   * so that it gets a process of its own to compute in. `records`: nothing but what is on disk in a project.
   */
  readonly calls?: 'headers' | 'none' | 'records';
  /** It works on a project: on the user's own where none is named. */
  readonly needsProject?: boolean;
  /** Resolves to the exit code. */
  run(input: Input, context: Context): Promise<number>;
}
