import { describe, expect, it } from 'vitest';
import type { RequestOf, Service } from '../../engine/results/index.ts';
import { fakeService } from '../results/fakeService.ts';
import { headscope } from './headscope.ts';

async function pulled(...argv: string[]) {
  const requests: RequestOf<'pull'>[] = [];
  const pull: Service['pull'] = async function* pull(request) {
    requests.push(request);
    yield { kind: 'progress', of: 'bytes', done: 1, total: 1 };
    yield { kind: 'file', file: 'config.json', bytes: 1 };
    return { folder: '/cache/snapshots/abc', files: ['config.json'] };
  };
  const ran = await headscope(['pull', ...argv], {
    service: { service: fakeService({ pull }), dispose: async () => undefined },
  });
  return { ...ran, requests };
}

describe('pull', () => {
  it('prints the folder to open', async () => {
    expect(await pulled('owner/name')).toEqual({
      code: 0,
      out: '/cache/snapshots/abc\n',
      err: '',
      requests: [{ repository: 'owner/name' }],
    });
  });

  it('takes a revision, with slashes too, and single files', async () => {
    const { requests } = await pulled('owner/name@refs/pr/3', '--file', 'a.gguf', '--file', 'b.json');
    expect(requests).toEqual([{ repository: 'owner/name', revision: 'refs/pr/3', files: ['a.gguf', 'b.json'] }]);
  });

  it('takes one file behind a colon', async () => {
    expect((await pulled('owner/name:m.Q4_1.gguf')).requests).toEqual([
      { repository: 'owner/name', files: ['m.Q4_1.gguf'] },
    ]);
    expect((await pulled('owner/name@v2:sub/m.gguf')).requests).toEqual([
      { repository: 'owner/name', revision: 'v2', files: ['sub/m.gguf'] },
    ]);
  });

  it.each(['name', 'a/b/c', 'a/b@', '/b', 'a/b c', 'a/b:', 'a/b:x:y', ''])('refuses %j', async (name) => {
    expect(await pulled(name)).toMatchObject({ code: 2, requests: [] });
  });
});
