/** Loss, divergence and task metric against how many units are gone. */
import type { CalibrationText } from '../../prune/calibration/calibrationText.ts';
import { Samples } from '../../prune/calibration/samples.ts';
import { headsOfUnits } from '../../prune/plan/planUnit.ts';
import { removedSizes } from '../../prune/plan/removedSizes.ts';
import type { CurveEvent, CurveRequest, CurveScene } from '../../prune/curve/pruneCurve.ts';
import { curveDraws, pruneCurve } from '../../prune/curve/pruneCurve.ts';
import { TaskScene } from '../../prune/curve/taskChange.ts';
import { firstRows, TextScene } from '../../prune/curve/textChange.ts';
import type { PruneCurveHeader } from '../../results/pruneCurve.ts';
import type { RequestOf, Service } from '../../results/index.ts';
import type { Model } from '../../run/index.ts';
import type { ModelSource } from '../openModels.ts';
import { calibrationOf, windowsOf } from './calibration.ts';
import { numbersOf, requireFinite } from './finite.ts';
import { identityOf } from './identity.ts';
import type { Measured } from './measuredPrompts.ts';
import { measuredPrompts } from './measuredPrompts.ts';
import type { PlainWindows } from './plainWindows.ts';
import { textFactsOf } from './textFacts.ts';

type Request = RequestOf<'pruneCurve'>;

export function pruneCurveCall(models: ModelSource): Service['pruneCurve'] {
  const scenes = new LatestScenes();
  return async function* curve(request, { signal }) {
    const started = performance.now();
    const { model, release } = await models.lease(request, signal);
    try {
      const scene = scenes.of(model, request);
      const asked = askedOf(request, signal);
      yield { kind: 'start', header: headerOf(model, request, asked, scene) };
      for await (const event of pruneCurve(model, scene.curve, asked)) {
        await requireFinite(model, 'loss of a pruned model', numbersOf(summariesOf(event)), signal);
        yield event.kind === 'progress' ? { ...event, of: 'points' } : event;
      }
      const { note } = scene.windows;
      const warnings = note === null ? [] : [note];
      return { seconds: (performance.now() - started) / 1000, warnings };
    } finally {
      release();
    }
  };
}

interface Scene {
  readonly windows: PlainWindows;
  readonly measured: Measured | null;
  readonly curve: CurveScene;
}

/** The latest text and task with the full model's predictions on them: a slider asks for one point after the other. */
class LatestScenes {
  readonly #latest = new WeakMap<Model, { readonly key: string; readonly scene: Scene }>();

  of(model: Model, request: Request): Scene {
    const { texts, task, metric, seed } = request;
    const key = JSON.stringify([texts, task, metric, seed]);
    const latest = this.#latest.get(model);
    if (latest?.key === key) return latest.scene;
    const scene = sceneOf(model, request);
    this.#latest.set(model, { key, scene });
    return scene;
  }
}

function sceneOf(model: Model, request: Request): Scene {
  const { texts, seed } = request;
  const text = calibrationOf(model, texts, seed);
  const windows = windowsOf(text, texts);
  const measured = taskOf(model, request);
  return {
    ...{ windows, measured },
    curve: {
      text: new TextScene(model, windows.rows),
      samples: new Samples(text, seed),
      firstSamples: firstSamplesOf(text, seed),
      task: measured === null ? null : new TaskScene(model, measured),
    },
  };
}

function firstSamplesOf(text: CalibrationText, seed: number): Samples | null {
  const rows = firstRows(text.windows.length);
  if (rows === text.windows.length) return null;
  const first = { windows: text.windows.slice(0, rows), documentOf: text.documentOf.slice(0, rows) };
  return new Samples({ ...text, ...first }, seed);
}

function askedOf(request: Request, signal: AbortSignal): CurveRequest {
  const { unit, order, points, draws, kept = [], seed, done = 0, glance = false } = request;
  const ks = [...new Set(points)].toSorted((a, b) => a - b);
  return { unit, order, points: ks, draws, kept, seed, done, glance, signal };
}

function taskOf(model: Model, { task, metric }: Request): Measured | null {
  if (task === undefined) return null;
  return measuredPrompts(model, { prompts: task, ...(metric === undefined ? {} : { metric }) });
}

function headerOf(
  model: Model,
  request: Request,
  asked: CurveRequest,
  { windows, measured, curve: { samples } }: Scene,
): PruneCurveHeader {
  const { unit, order, points, seed } = asked;
  const { shape } = model.family;
  const sizeAt = (units: number) => {
    const none = { heads: 0, parameters: 0, kvBytes: 0 };
    return { units, ...(units === 0 ? none : removedSizes(model, headsOfUnits(shape, unit, order.slice(0, units)))) };
  };
  return {
    ...{ model: identityOf(model), shape, unit, order, points, seed },
    random: curveDraws(model, asked).map(({ order: drawn, shared }) => ({ order: drawn, shared })),
    sizes: points.map(sizeAt),
    texts: textFactsOf(windows, samples, request.texts.length),
    task: measured === null ? null : { name: measured.dataset, n: measured.prompts.length, metricId: measured.metric },
  };
}

function summariesOf(event: CurveEvent) {
  if (event.kind === 'progress') return [];
  if (event.kind === 'glance') return [event.change, event.kl];
  const ofText = event.kind === 'full' ? [event.loss] : [event.loss, event.change, event.kl];
  return event.metric === null ? ofText : [...ofText, event.metric];
}
