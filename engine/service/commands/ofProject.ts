/** What the commands about runs share: which run, of which project, and watching it. */
import { drain } from '../../results/index.ts';
import type { RunRecord } from '../../results/runs.ts';
import type { Input } from '../input.ts';
import { resultOf } from './asRun.ts';
import type { Context, Option } from './command.ts';

export const projectOption = {
  project: {
    type: 'string',
    value: 'DIR',
    about: "folder of the project (default: HEADSCOPE_PROJECT, else the user's own project)",
  },
} as const satisfies Record<string, Option>;

/** The only positional argument. */
export function runOf(input: Input): string {
  const [run, ...rest] = input.positionals;
  if (run !== undefined && run !== '' && rest.length === 0) return run;
  const got = input.positionals.join(' ') || 'nothing';
  return input.fail('one run is needed', { expected: 'a name that headscope runs lists', got });
}

/** Shows a job's progress until it is done. Ctrl-C cancels it; its rows stay. Throws what it fails with. */
export async function watchRun({ client, progress, signal }: Context, run: string): Promise<RunRecord> {
  // The rows are on disk: they need not come here.
  const following = client.follow({ run, from: Number.MAX_SAFE_INTEGER }, { signal });
  try {
    const { record } = await drain(following, (event) => {
      if (event.kind === 'state' && event.summary.progress !== null)
        progress.report(event.summary.title, event.summary.progress);
    });
    resultOf(record);
    return record;
  } catch (error) {
    if (signal.aborted) await client.steer({ run, action: 'cancel' });
    throw error;
  } finally {
    progress.clear();
  }
}
