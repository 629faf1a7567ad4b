/** Folder = list: every file that is a member stands in its folder's index, and every member has its own file. */
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { describe, expect, it } from 'vitest';

const registries = [
  { folder: 'engine/arch', list: 'architectures' },
  { folder: 'engine/tasks', list: 'tasks' },
  { folder: 'engine/tasks/references', list: 'references' },
  { folder: 'engine/scores', list: 'scores' },
  { folder: 'engine/scores/retrieval', list: 'retrievalScores' },
  { folder: 'engine/exports', list: 'exportFormats' },
].filter(({ folder }) => existsSync(join(folder, 'index.ts')));

interface Member {
  readonly id: string;
}

async function load(folder: string, file: string): Promise<Record<string, unknown>> {
  return (await import(pathToFileURL(join(process.cwd(), folder, file)).href)) as Record<string, unknown>;
}

function isMember(value: unknown): value is Member {
  return typeof value === 'object' && value !== null && 'id' in value && typeof value.id === 'string';
}

/** `greater-than` -> `greaterThan`: the file that a member is expected in. */
function fileOf(id: string): string {
  return `${id.replace(/-(.)/g, (_, letter: string) => letter.toUpperCase())}.ts`;
}

/** Members by the file that exports them; helpers export nothing with an id. */
async function membersByFile(folder: string): Promise<Map<string, Member[]>> {
  const files = readdirSync(folder).filter((name) => name.endsWith('.ts') && name !== 'index.ts');
  const loaded = await Promise.all(files.map(async (file) => [file, await load(folder, file)] as const));
  return new Map(loaded.map(([file, module]) => [file, Object.values(module).filter(isMember)]));
}

async function membersOf(folder: string, list: string): Promise<readonly Member[]> {
  const value = (await load(folder, 'index.ts'))[list];
  if (!Array.isArray(value)) throw new Error(`${folder}/index.ts: expected a list named ${list}`);
  return value.filter(isMember);
}

describe.each(registries)('$folder', ({ folder, list }) => {
  it('lists every member that has a file', async () => {
    const listed = await membersOf(folder, list);
    const unlisted = [...(await membersByFile(folder))].flatMap(([file, members]) =>
      members.filter((member) => !listed.includes(member)).map(({ id }) => `${file}: ${id}`),
    );
    expect(unlisted).toEqual([]);
  });

  it('has one file a member, named after it', async () => {
    const byFile = await membersByFile(folder);
    const members = await membersOf(folder, list);
    const elsewhere = members.filter((member) => byFile.get(fileOf(member.id))?.includes(member) !== true);
    expect(members.length).toBeGreaterThan(0);
    expect(elsewhere.map(({ id }) => `${id}: expected in ${folder}/${fileOf(id)}`)).toEqual([]);
  });

  it('gives every member its own id', async () => {
    const ids = (await membersOf(folder, list)).map(({ id }) => id);
    expect(ids).toEqual([...new Set(ids)]);
  });
});
