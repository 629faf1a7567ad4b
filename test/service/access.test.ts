import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { Service } from '../../engine/results/index.ts';
import { drain } from '../../engine/results/index.ts';
import { restrict } from '../../engine/service/control/access.ts';
import { faultOf } from '../files/temporary.ts';
import { fakeService } from '../results/fakeService.ts';
import { newFolder } from './project.ts';

const options = { signal: new AbortController().signal, priority: 'interactive' } as const;
const outside = /outside the folders that were listed/;

/** A listed folder with a model, a project, and a secret beside them; `asked` holds the paths that came through. */
function surroundings() {
  const root = newFolder();
  const [listed, project, secret] = ['listed', 'project', 'secret'].map((name) => join(root, name)) as [
    string,
    string,
    string,
  ];
  for (const folder of [listed, project, secret]) mkdirSync(folder);
  for (const folder of [listed, secret]) writeFileSync(join(folder, 'model.gguf'), 'GGUF');
  const asked: string[] = [];
  const info: Service['info'] = async ({ model }) => {
    asked.push(model);
    throw new RangeError('through');
  };
  const open: Service['open'] = async function* open({ model }) {
    asked.push(model);
    yield { kind: 'progress', of: 'programs', done: 1, total: 1 };
    throw new RangeError('through');
  };
  const start: Service['start'] = async () => (asked.push('start'), { run: 'r' });
  const train: Service['train'] = async function* train({ out }) {
    asked.push(out);
    yield* [];
    throw new RangeError('through');
  };
  const folders: Service['folders'] = async () => ({ folders: [] });
  const service = fakeService({ info, open, start, train, folders });
  const access = { readable: async () => [listed, project], writable: async () => [project] };
  const restricted = restrict(service, { ...access, mayAddFolders: false });
  return { listed, project, secret, asked, restricted, service, access };
}

describe('a client of the network', () => {
  it('reaches models in listed folders, and those alone', async () => {
    const { listed, secret, asked, restricted } = surroundings();
    const inside = join(listed, 'model.gguf');
    await expect(restricted.info({ model: inside }, options)).rejects.toThrow('through');
    for (const path of [
      join(secret, 'model.gguf'),
      join(listed, '..', 'secret', 'model.gguf'),
      secret,
      '/etc/passwd',
      '/',
      `${listed}-other/model.gguf`,
      join(secret, 'nothing.gguf'),
    ]) {
      expect(await faultOf(() => restricted.info({ model: path }, options))).toMatch(outside);
    }
    expect(asked).toEqual([inside]);
  });

  it('does not get out through a link', async () => {
    const { listed, secret, asked, restricted } = surroundings();
    symlinkSync(secret, join(listed, 'way'));
    symlinkSync(join(secret, 'model.gguf'), join(listed, 'link.gguf'));
    for (const path of ['way/model.gguf', 'way', 'link.gguf', 'way/nothing'].map((name) => join(listed, name))) {
      expect(await faultOf(() => restricted.info({ model: path }, options))).toMatch(outside);
    }
    expect(asked).toEqual([]);
  });

  it('reaches a listed folder that is itself a link, as a cache on another disk is', async () => {
    const { listed, restricted, service, access } = surroundings();
    const link = join(newFolder(), 'cache');
    symlinkSync(listed, link);
    const linked = restrict(service, { ...access, readable: async () => [link], mayAddFolders: false });
    const path = join(link, 'model.gguf');
    await expect(linked.info({ model: path }, options)).rejects.toThrow('through');
    await expect(restricted.info({ model: path }, options)).rejects.toThrow('through');
  });

  it('may name a repository of the hub, which is no path', async () => {
    const { restricted } = surroundings();
    await expect(restricted.info({ model: 'owner/name' }, options)).rejects.toThrow('through');
    expect(await faultOf(() => restricted.info({ model: 'engine/service' }, options))).toMatch(outside);
    expect(await faultOf(() => restricted.info({ model: '../x' }, options))).toMatch(outside);
  });

  it('is refused in streams and in jobs too, before anything happens', async () => {
    const { secret, asked, restricted } = surroundings();
    const model = join(secret, 'model.gguf');
    const opening = () => drain(restricted.open({ model }, options), () => undefined);
    expect(await faultOf(opening)).toMatch(outside);
    const starting = () => restricted.start({ job: { call: 'verify', request: { model } } }, options);
    expect(await faultOf(starting)).toMatch(outside);
    expect(asked).toEqual([]);
  });

  it('trains into the project only, and from listed files', async () => {
    const { listed, project, secret, asked, restricted } = surroundings();
    const config = (files: readonly string[]) =>
      ({ data: { kind: 'tokens', files, type: 'uint16' } }) as unknown as Parameters<Service['train']>[0]['config'];
    const training = (files: readonly string[], out: string) => () =>
      drain(restricted.train({ config: config(files), base: listed, out }, options), () => undefined);
    await expect(training(['a.bin'], join(project, 'new', 'model'))()).rejects.toThrow('through');
    expect(await faultOf(training(['a.bin'], join(listed, 'model')))).toMatch(outside);
    expect(await faultOf(training(['../secret/model.gguf'], join(project, 'x')))).toMatch(outside);
    expect(await faultOf(training([join(secret, 'model.gguf')], join(project, 'x')))).toMatch(outside);
    // It has the form of a repository's name, but would be a folder where the server was started.
    expect(await faultOf(training(['a.bin'], 'owner/name'))).toMatch(outside);
    expect(asked).toEqual([join(project, 'new', 'model')]);
  });

  it('lists no further folders, unless it is of this machine', async () => {
    const { secret, restricted, service, access } = surroundings();
    expect(await faultOf(() => restricted.folders({ add: secret }, options))).toMatch(
      /can not be added from elsewhere/,
    );
    expect(await restricted.folders({}, options)).toEqual({ folders: [] });
    const local = restrict(service, { ...access, mayAddFolders: true });
    expect(await local.folders({ add: secret }, options)).toEqual({ folders: [] });
  });
});
