/**
 * What is looked at, as data: in the address of the page (prompts of a file are too long for it) and as a `.view.json`. No
 * secret is part of it.
 */
import type { ViewFile } from '../../engine/results/viewFile.ts';
import { readViewFile } from '../../engine/results/viewFile.ts';
import { Fault } from '../../engine/terms/fault.ts';
import { headName, parseHead } from './headNames.ts';
import { isImportedId } from './importedId.ts';
import { isPlace } from './places.ts';
import type { Selection } from './selection.ts';
import type { Workspace } from './workspace.ts';
import { firstWorkspace } from './workspace.ts';

export function currentView(workspace: Workspace, selection: Selection): ViewFile {
  const { panes, model, prompts, promptIndex, measure, second, run, ablation, scale, randomSets } =
    workspace.store.getState();
  return {
    version: 1,
    panes,
    model,
    prompts,
    promptIndex,
    measure: isImportedId(measure) ? null : measure,
    second: isImportedId(second) ? null : second,
    run,
    ablation,
    scale,
    randomSets,
    selection: selection.store.getState(),
    ...dictionaryOf(workspace),
  };
}

function dictionaryOf({ store }: Workspace): Pick<ViewFile, 'dictionary' | 'feature'> {
  const { dictionary, feature } = store.getState();
  return { ...(dictionary === null ? {} : { dictionary }), ...(feature === null ? {} : { feature }) };
}

/** Shows a view. Places that this version does not have are left out. The model is not opened here. */
export function showView(view: ViewFile, workspace: Workspace, selection: Selection): void {
  const { version: _, panes, selection: selected, ...settings } = view;
  const known = panes.filter(isPlace);
  workspace.set({ dictionary: null, feature: null, ...settings });
  workspace.setPanes(known.length > 0 ? known : firstWorkspace.panes);
  selection.store.setState(selected);
}

export function viewText(view: ViewFile): string {
  return `${JSON.stringify(view, null, 2)}\n`;
}

/** Throws a Fault that says what is wrong with the file. */
export function readViewText(text: string, where: string): ViewFile {
  return readViewFile(parseJson(text, where), where);
}

function parseJson(text: string, where: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new Fault({ what: 'not JSON', where, expected: 'a view saved by Headscope' });
  }
}

/** `panes=heads&model=...&task=ioi&n=64&seed=0&set=L9H6,L10H7`: what differs from the beginning only. */
export function viewToHash(view: ViewFile): string {
  const { selection, prompts, model } = view;
  const params = new URLSearchParams({ v: '1', panes: view.panes.join(',') });
  const put = (name: string, value: string | number | null | undefined, usual: string | number | null = null) => {
    if (value !== null && value !== undefined && value !== usual) params.set(name, String(value));
  };
  put('model', model?.model);
  put('weights', model?.weights);
  if (prompts?.kind === 'task') {
    params.set('task', prompts.task);
    params.set('n', String(prompts.n));
    params.set('seed', String(prompts.seed));
    for (const [name, value] of Object.entries(prompts.options ?? {})) params.set(`task.${name}`, String(value));
  }
  put('prompt', view.promptIndex, 0);
  put('measure', view.measure);
  put('second', view.second);
  put('run', view.run);
  put('dictionary', view.dictionary);
  put('feature', view.feature);
  put('ablation', view.ablation, firstWorkspace.ablation);
  put('scale', view.scale, firstWorkspace.scale);
  put('random', view.randomSets, firstWorkspace.randomSets);
  put('set', selection.set.map(headName).join(','), '');
  put('head', selection.primary === null ? null : headName(selection.primary));
  put('pin', selection.pinned === null ? null : headName(selection.pinned));
  put('query', selection.query);
  put('key', selection.key);
  put('layer', selection.layer);
  return params.toString();
}

/** Null for a hash that is no view's. Throws a Fault for a view that can't be read. */
export function viewFromHash(hash: string): ViewFile | null {
  const params = new URLSearchParams(hash.replace(/^#/, ''));
  if (!params.has('v')) return null;
  const number = (name: string, usual: number | null): number | null => {
    const text = params.get(name);
    return text === null ? usual : Number(text);
  };
  const head = (name: string) => (params.has(name) ? parseHead(params.get(name) ?? '') : null);
  const names = params.get('set')?.split(',') ?? [];
  const view = {
    version: number('v', 1),
    panes: params.get('panes')?.split(',') ?? [...firstWorkspace.panes],
    model: modelFrom(params),
    prompts: promptsFrom(params),
    promptIndex: number('prompt', 0),
    measure: params.get('measure'),
    second: params.get('second'),
    run: params.get('run'),
    ...(params.has('dictionary') ? { dictionary: params.get('dictionary') } : {}),
    ...(params.has('feature') ? { feature: number('feature', null) } : {}),
    ablation: params.get('ablation') ?? firstWorkspace.ablation,
    scale: number('scale', firstWorkspace.scale),
    randomSets: number('random', firstWorkspace.randomSets),
    selection: {
      set: names.map(parseHead),
      primary: head('head'),
      pinned: head('pin'),
      query: number('query', null),
      key: number('key', null),
      layer: number('layer', null),
    },
  };
  return readViewFile(view, 'address');
}

function modelFrom(params: URLSearchParams): unknown {
  const model = params.get('model');
  const weights = params.get('weights');
  return model === null ? null : { model, ...(weights === null ? {} : { weights }) };
}

function promptsFrom(params: URLSearchParams): unknown {
  const task = params.get('task');
  if (task === null) return null;
  const given = [...params].filter(([name]) => name.startsWith('task.'));
  const options = given.map(([name, value]) => [name.slice('task.'.length), optionValue(value)] as const);
  return {
    kind: 'task',
    task,
    n: Number(params.get('n') ?? NaN),
    seed: Number(params.get('seed') ?? 0),
    ...(options.length === 0 ? {} : { options: Object.fromEntries(options) }),
  };
}

/** Settings of a task are words or whole numbers. */
function optionValue(text: string): string | number {
  return /^-?\d{1,15}$/.test(text) ? Number(text) : text;
}
