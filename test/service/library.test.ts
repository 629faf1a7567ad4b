import { chmodSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { listLibrary, modelPlaces } from '../../engine/service/control/library/library.ts';
import { listModels } from '../../engine/service/control/library/listedModels.ts';
import { Settings } from '../../engine/service/control/settings.ts';
import { bundledFolder } from '../../engine/service/packagePlaces.ts';
import { faultOf } from '../files/temporary.ts';
import { newFolder } from './project.ts';

function put(folder: string, files: Readonly<Record<string, string>>): string {
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    writeFileSync(join(folder, name), text);
  }
  return folder;
}

const nowhere = { bundled: null, hub: '/nowhere/hub', lmStudio: ['/nowhere/lm'] };

describe('models in a folder', () => {
  it('are folders with a config and weights, and GGUF files; parts of models are none', async () => {
    const folder = put(newFolder(), {
      'one/config.json': '{}',
      'one/model-00001-of-00002.safetensors': 'aaa',
      'one/model-00002-of-00002.safetensors': 'bb',
      'two/Q4.gguf': 'gguf',
      'two/mmproj-Q4.gguf': 'x',
      'split-00001-of-00002.gguf': 'x',
      'split-00002-of-00002.gguf': 'x',
      'weights-alone/model.safetensors': 'x',
      'config-alone/config.json': '{}',
      '.hidden/a.gguf': 'x',
    });
    const { models, problem } = await listModels(folder);
    expect(problem).toBeNull();
    expect(models.map(({ path, name, format, bytes }) => [path, name, format, bytes])).toEqual([
      [join(folder, 'split-00001-of-00002.gguf'), 'split-00001-of-00002', 'gguf', 1],
      [join(folder, 'one'), 'one', 'safetensors', 5],
      [join(folder, 'two', 'Q4.gguf'), 'Q4', 'gguf', 4],
    ]);
    expect(models[0]?.changed).toMatch(/^\d{4}-\d\d-\d\dT/);
  });

  it('are looked for three folders deep, and not through links that lead back', async () => {
    const folder = put(newFolder(), { 'a/b/c/in.gguf': 'x', 'a/b/c/d/too-deep.gguf': 'x' });
    symlinkSync(folder, join(folder, 'a', 'back'));
    const { models } = await listModels(folder);
    expect(models.map(({ name }) => name)).toEqual(['in']);
  });

  it('are so many at most, and it is said', async () => {
    const names = Array.from({ length: 20 }, (_, i) => [`m${i}.gguf`, 'x']);
    const folder = put(newFolder(), Object.fromEntries(names) as Record<string, string>);
    const few = await listModels(folder, { depth: 3, models: 5, names: 1000 });
    expect([few.models.length, few.problem]).toEqual([5, 'more than 5 models: not all are listed']);
    const short = await listModels(folder, { depth: 3, models: 500, names: 10 });
    expect(short.models).toHaveLength(10);
    expect(short.problem).toMatch(/more than 10 files/);
  });

  it.skipIf(process.getuid?.() === 0)('in a folder that can not be read are left out, and it is said', async () => {
    const folder = put(newFolder(), { 'a.gguf': 'x', 'closed/b.gguf': 'x' });
    chmodSync(join(folder, 'closed'), 0);
    const { models, problem } = await listModels(folder);
    chmodSync(join(folder, 'closed'), 0o700);
    expect([models.map(({ name }) => name), problem]).toEqual([['a'], expect.stringContaining('closed')]);
  });
});

describe('the library', () => {
  it('has the models that come with the program', async () => {
    const sources = await listLibrary({ ...nowhere, bundled: bundledFolder }, new Settings(newFolder()));
    const bundled = sources.find(({ id }) => id === 'bundled') ?? expect.fail('none bundled');
    expect(bundled.models.map(({ name }) => name)).toEqual(expect.arrayContaining(['tiny-heads', 'planted-induction']));
  });

  it('finds what the Hugging Face cache and LM Studio hold, through the links of a snapshot', async () => {
    const hub = put(newFolder(), {
      'models--Org--Tiny/blobs/w': 'weights',
      'models--Org--Tiny/blobs/c': '{}',
      'models--Org--Tiny/refs/main': 'abc',
      'models--Org--Tiny/snapshots/old/config.json': '{}',
      'models--Org--Quantised/refs/main': 'def',
      'models--Org--Quantised/snapshots/def/a.Q4.gguf': 'x',
      'models--Org--Empty/refs/main': 'ghi',
      'datasets--Org--Data/snapshots/x/a.gguf': 'x',
    });
    const snapshot = join(hub, 'models--Org--Tiny', 'snapshots', 'abc');
    mkdirSync(snapshot);
    symlinkSync('../../blobs/w', join(snapshot, 'model.safetensors'));
    symlinkSync('../../blobs/c', join(snapshot, 'config.json'));
    const lm = put(newFolder(), { 'publisher/repository/b.gguf': 'x' });
    const sources = await listLibrary({ ...nowhere, hub, lmStudio: [lm] }, new Settings(newFolder()));
    const of = (id: string) => sources.find((source) => source.id === id)?.models.map(({ path, name }) => [path, name]);
    expect(of('hub')).toEqual([
      [join(hub, 'models--Org--Quantised', 'snapshots', 'def', 'a.Q4.gguf'), 'Org/Quantised: a.Q4'],
      [snapshot, 'Org/Tiny'],
    ]);
    expect(of('lmStudio')).toEqual([[join(lm, 'publisher', 'repository', 'b.gguf'), 'b']]);
  });

  it('says nothing of places that are not there, unless the user named them', async () => {
    const settings = new Settings(newFolder());
    const named = newFolder();
    const [folder] = await settings.addFolder(named);
    const { rmdirSync } = await import('node:fs');
    rmdirSync(named);
    const sources = await listLibrary(nowhere, settings);
    expect(sources.map(({ id, path, problem }) => [id, path, problem])).toEqual([
      ['recent', null, null],
      ['folder', folder, 'no such file or directory (ENOENT)'],
      ['hub', '/nowhere/hub', null],
      ['lmStudio', '/nowhere/lm', null],
    ]);
  });

  it('has the models that were opened last, as long as they are there', async () => {
    const settings = new Settings(newFolder());
    const folder = put(newFolder(), { 'a.gguf': 'x', 'm/config.json': '{}', 'm/model.safetensors': 'xx' });
    for (const name of ['a.gguf', 'gone.gguf', 'm', 'a.gguf']) await settings.opened(join(folder, name));
    const [recent] = await listLibrary(nowhere, settings);
    expect(recent).toMatchObject({ id: 'recent', title: 'Recent', path: null, problem: null });
    expect(recent?.models.map(({ path, bytes }) => [path, bytes])).toEqual([
      [join(folder, 'a.gguf'), 1],
      [join(folder, 'm'), 2],
    ]);
  });

  it('looks where the environment says', () => {
    expect(modelPlaces(null, { HF_HOME: '/h' }, '/home/me')).toEqual({
      bundled: null,
      hub: '/h/hub',
      lmStudio: ['/home/me/.lmstudio/models', '/home/me/.cache/lm-studio/models'],
    });
    expect(modelPlaces(null, {}).hub).toBe(join(homedir(), '.cache', 'huggingface', 'hub'));
  });
});

describe('settings', () => {
  it('keep folders by their real path, once each', async () => {
    const [folder, real] = [newFolder(), newFolder()];
    symlinkSync(real, join(folder, 'link'));
    const settings = new Settings(join(folder, 'new'));
    expect(await settings.folders()).toEqual([]);
    await settings.addFolder(join(folder, 'link'));
    expect(await settings.addFolder(real)).toEqual([real]);
    expect(await new Settings(join(folder, 'new')).folders()).toEqual([real]);
    expect(await settings.removeFolder(real)).toEqual([]);
  });

  it('take no relative path, no file, nothing that is not there', async () => {
    const folder = put(newFolder(), { file: 'x' });
    const settings = new Settings(folder);
    expect(await faultOf(() => settings.addFolder('models'))).toMatch(/not an absolute path/);
    expect(await faultOf(() => settings.addFolder(join(folder, 'file')))).toMatch(/not a folder/);
    expect(await faultOf(() => settings.addFolder(join(folder, 'none')))).toMatch(/no such folder/);
  });

  it('of several changes at once keep all, and what they do not know', async () => {
    const folder = put(newFolder(), {
      'settings.json': JSON.stringify({ version: 1, folders: [], recent: [], theme: 'dark' }),
    });
    const settings = new Settings(folder);
    await Promise.all(Array.from({ length: 30 }, (_, i) => settings.opened(`/m${i}`)));
    expect(await settings.recent()).toEqual(Array.from({ length: 20 }, (_, i) => `/m${29 - i}`));
    expect(JSON.parse(readFileSync(join(folder, 'settings.json'), 'utf8'))).toMatchObject({ theme: 'dark' });
  });

  it('that are broken are an error, and are not written over', async () => {
    const folder = put(newFolder(), { 'settings.json': '{"version":2}' });
    const settings = new Settings(folder);
    expect(await faultOf(() => settings.folders())).toMatch(/the settings can not be read/);
    expect(await faultOf(() => settings.opened('/a'))).toMatch(/the settings can not be read/);
    expect(readFileSync(join(folder, 'settings.json'), 'utf8')).toBe('{"version":2}');
  });
});
