/** rows.jsonl: the logged events of a run, one JSON object a line, appended in whole lines. A kill may tear the last one. */
import { constants } from 'node:fs';
import type { FileHandle } from 'node:fs/promises';
import { Fault } from '../../terms/fault.ts';
import { openFile } from './safeFile.ts';

/** Longest line that is read, in bytes. */
const LONGEST = 64 * 2 ** 20;
const CHUNK = 2 ** 18;
const LINE_FEED = 10;

export interface Line {
  readonly text: string;
  /** Where the next line begins. */
  readonly end: number;
}

/** The file open for appending, by the one process that owns the run. */
export class RowLog {
  readonly #handle: FileHandle;
  #rows = 0;
  #bytes = 0;

  private constructor(handle: FileHandle) {
    this.#handle = handle;
  }

  /** The log as it was left; a torn last line is cut off. `onLine` is called with each line. Throws Fault for a line that is no JSON. */
  static async open(path: string, onLine: (row: unknown) => void): Promise<RowLog> {
    const log = new RowLog(await openFile(path, constants.O_RDWR));
    try {
      const { size } = await log.#handle.stat();
      for await (const { text, end } of linesOf(path, 0, size)) {
        const row = parsed(text);
        // Lines after a power cut may be there in length only.
        if (row === undefined && end === size) break;
        if (row === undefined) throw badLine(path, log.#rows, text);
        onLine(row);
        log.#rows += 1;
        log.#bytes = end;
      }
      await log.#handle.truncate(log.#bytes);
      return log;
    } catch (error) {
      await log.close();
      throw error;
    }
  }

  get rows(): number {
    return this.#rows;
  }

  /** Length of the whole lines. */
  get bytes(): number {
    return this.#bytes;
  }

  async append(row: unknown): Promise<void> {
    const line = Buffer.from(`${JSON.stringify(row)}\n`);
    for (let written = 0; written < line.length;) {
      const { bytesWritten } = await this.#handle.write(line, written, line.length - written, this.#bytes + written);
      written += bytesWritten;
    }
    this.#bytes += line.length;
    this.#rows += 1;
  }

  /** Keeps the lines before byte `bytes`, of which there are `rows`. */
  async cut(rows: number, bytes: number): Promise<void> {
    await this.#handle.truncate(bytes);
    [this.#rows, this.#bytes] = [rows, bytes];
  }

  /** To the disk itself, for the case of a power cut. */
  async flush(): Promise<void> {
    await this.#handle.datasync();
  }

  async close(): Promise<void> {
    await this.#handle.close();
  }
}

/** The whole lines from byte `from`, where a line begins, up to byte `to`. Throws Fault for one that is longer than any of ours. */
export async function* linesOf(path: string, from: number, to: number): AsyncGenerator<Line, void, void> {
  const handle = await openFile(path);
  try {
    let rest = Buffer.alloc(0);
    for (let at = from; at < to;) {
      const { buffer, bytesRead } = await handle.read(Buffer.alloc(Math.min(CHUNK, to - at)), 0, null, at);
      if (bytesRead === 0) return;
      at += bytesRead;
      const bytes = Buffer.concat([rest, buffer.subarray(0, bytesRead)]);
      const start = at - bytes.length;
      let begin = 0;
      for (let end = bytes.indexOf(LINE_FEED); end >= 0; end = bytes.indexOf(LINE_FEED, begin)) {
        yield { text: bytes.toString('utf8', begin, end), end: start + end + 1 };
        begin = end + 1;
      }
      rest = bytes.subarray(begin);
      if (rest.length > LONGEST) throw new Fault({ what: 'a line is too long', where: path });
    }
  } finally {
    await handle.close();
  }
}

/** Whole lines of a log that nobody writes to. */
export async function countLines(path: string): Promise<number> {
  const handle = await openFile(path);
  const { size } = await handle.stat().finally(() => handle.close());
  let rows = 0;
  for await (const _line of linesOf(path, 0, size)) rows += 1;
  return rows;
}

/** Undefined where it is no JSON. */
function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

export function badLine(path: string, row: number, text: string): Fault {
  return new Fault({ what: 'not a row of a run', where: `${path}, line ${row + 1}`, got: text.slice(0, 80) });
}
