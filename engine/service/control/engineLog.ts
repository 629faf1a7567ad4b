/** logs/headscope.log of a project: starts, models, replacements, errors. No prompts. Three files of one megabyte at most. */
import { appendFile, mkdir, rename, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { Cancelled, Defect, isAbort } from '../../results/index.ts';
import { Fault } from '../../terms/fault.ts';

type Level = 'info' | 'warning' | 'error';

const LARGEST = 2 ** 20;
const OLDER = 2;
/** Lines that diagnostics can show. */
const KEPT = 20;

export class EngineLog {
  readonly #file: string;
  readonly #errors: string[] = [];
  #size: number;
  #writing: Promise<void> = Promise.resolve();

  private constructor(file: string, size: number) {
    this.#file = file;
    this.#size = size;
  }

  /** A log that can't be written is no reason not to work: then only the last errors are kept, in memory. */
  static async open(project: string): Promise<EngineLog> {
    const folder = join(project, 'logs');
    await mkdir(folder, { recursive: true }).catch(() => undefined);
    const file = join(folder, 'headscope.log');
    const size = await stat(file).then(
      (found) => found.size,
      () => 0,
    );
    return new EngineLog(file, size);
  }

  write(level: Level, text: string): void {
    const line = `${new Date().toISOString()} ${level} ${text.replace(/\n/g, '\n  ')}\n`;
    if (level === 'error') this.#keep(line);
    this.#writing = this.#writing.then(() => this.#append(line)).catch(() => undefined);
  }

  /** What a call failed with, without what might be part of a prompt. A cancelled call is no failure. */
  failed(call: string, error: unknown): void {
    if (error instanceof Cancelled || isAbort(error)) return;
    if (error instanceof Fault) this.write('warning', `${call}: refused: ${error.parts.what}`);
    else this.write('error', `${call}: ${defectOf(error)}`);
  }

  /** Newest last. */
  lastErrors(): readonly string[] {
    return this.#errors;
  }

  /** Resolves when what was said is on disk. */
  async close(): Promise<void> {
    await this.#writing;
  }

  #keep(line: string): void {
    this.#errors.push(line.trimEnd());
    if (this.#errors.length > KEPT) this.#errors.shift();
  }

  async #append(line: string): Promise<void> {
    if (this.#size + line.length > LARGEST) await this.#rotate();
    await appendFile(this.#file, line);
    this.#size += line.length;
  }

  async #rotate(): Promise<void> {
    const name = (age: number) => (age === 0 ? this.#file : this.#file.replace(/log$/, `${age}.log`));
    for (let age = OLDER; age > 0; age--) await rename(name(age - 1), name(age)).catch(() => undefined);
    this.#size = 0;
  }
}

function defectOf(error: unknown): string {
  if (error instanceof Defect) return error.remoteStack ?? error.message;
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}
