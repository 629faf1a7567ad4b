/** One run patched into another, cell by cell. */
import type { EventOf, RequestOf, Service } from '../../results/index.ts';
import type { Model } from '../../run/index.ts';
import type { PatchGridEvent } from '../../scores/patchGrid.ts';
import { cellsPerRun, gridColumns, gridSize, patchGrid } from '../../scores/patchGrid.ts';
import type { Prompt } from '../../tasks/task.ts';
import type { ModelSource } from '../openModels.ts';
import { numbersOf, requireFinite } from './finite.ts';
import { measuredHeader } from './measuredHeader.ts';
import type { Measured } from './measuredPrompts.ts';
import { measuredPrompts } from './measuredPrompts.ts';
import { shownToken } from './prompts.ts';

type Request = RequestOf<'patchGrid'>;
type Event = EventOf<'patchGrid'>;

export function patchGridCall(models: ModelSource): Service['patchGrid'] {
  return async function* patch(request, { signal }) {
    const started = performance.now();
    const { model, release } = await models.lease(request, signal);
    try {
      const measured = measuredPrompts(model, request);
      const { prompts, metric } = measured;
      const { target, direction, seed, done } = request;
      const unitsPerRun = request.unitsPerRun ?? cellsPerRun(model, { prompts });
      yield { kind: 'start', header: headerOf(model, request, measured, unitsPerRun) };
      const events = patchGrid(model, {
        ...{ prompts, metric, target, direction, seed, unitsPerRun, signal },
        ...(done === undefined ? {} : { done }),
      });
      for await (const event of events) {
        await requireFinite(model, 'effect of a patch', numbersOf(summariesOf(event)), signal);
        yield event.kind === 'progress' ? { ...event, of: 'cells' } : event;
      }
      return { seconds: (performance.now() - started) / 1000, warnings: [] };
    } finally {
      release();
    }
  };
}

function headerOf(
  model: Model,
  request: Request,
  measured: Measured,
  unitsPerRun: number,
): Extract<Event, { kind: 'start' }>['header'] {
  const { target, direction } = request;
  const on = { prompts: measured.prompts, target };
  const columns = gridColumns(model, on);
  return {
    ...measuredHeader(model, request, measured, gridSize(model, on)),
    ...{ target, direction, unitsPerRun, columns },
    labels: target.kind === 'heads' ? null : columns.map((column) => labelAt(model, measured.prompts, column)),
  };
}

/** The token at a position of the run that is patched from and into, where it is the same in all. */
function labelAt(model: Model, prompts: readonly Prompt[], column: number): string | null {
  const ids = new Set(prompts.map((prompt) => prompt.ids.at(column)));
  const [id] = ids;
  return ids.size === 1 && id !== undefined ? shownToken(model, id) : null;
}

function summariesOf(event: PatchGridEvent) {
  if (event.kind === 'ends') return [event.clean, event.corrupt];
  return event.kind === 'cell' ? [event.effect] : [];
}
