/** Every link, picture and heading that the documentation names is there. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { expect, test } from 'vitest';

const root = join(import.meta.dirname, '..');
const pages = ['README.md', 'CONTRIBUTING.md', 'renderer/README.md', ...pagesIn('docs')];

test.each(pages)('%s names nothing that is not there', (page) => {
  const targets = targetsOf(read(page)).filter((target) => !/^https?:/.test(target));
  expect(targets.filter((target) => !isThere(page, target))).toEqual([]);
});

test('every picture is on a page', () => {
  const shown = new Set(pages.flatMap((page) => targetsOf(read(page)).map((target) => join(dirname(page), target))));
  // Of each place one size and theme stands for all.
  const places = readdirSync(join(root, 'docs', 'pictures')).map((file) => file.replace(/-.*/, ''));
  const isShown = (place: string) => [...shown].some((path) => path.startsWith(join('docs', 'pictures', `${place}-`)));
  expect([...new Set(places)].filter((place) => !isShown(place))).toEqual([]);
});

function pagesIn(folder: string): readonly string[] {
  const names = readdirSync(join(root, folder)).filter((name) => name.endsWith('.md'));
  return names.map((name) => join(folder, name));
}

function read(page: string): string {
  return readFileSync(join(root, page), 'utf8');
}

/** Links and pictures of Markdown, and those that are written as HTML; not what stands in code. */
function targetsOf(text: string): readonly string[] {
  const prose = text.replace(/^```[\s\S]*?^```/gm, '').replace(/`[^`\n]*`/g, '');
  const found = prose.matchAll(/\]\(([^)\s]+)\)|(?:src|srcset|href)="([^"]+)"/g);
  return [...found].map(([, link, attribute]) => link ?? attribute ?? '');
}

function isThere(page: string, target: string): boolean {
  const [path = '', heading] = target.split('#');
  const file = path === '' ? page : join(dirname(page), path);
  if (!existsSync(join(root, file))) return false;
  return heading === undefined || headingsOf(read(file)).includes(heading);
}

/** As they are linked to: lower case, hyphens for spaces. */
function headingsOf(text: string): readonly string[] {
  const titles = [...text.matchAll(/^#+ (.+)$/gm)].map(([, title = '']) => title);
  return titles.map((title) =>
    title
      .toLowerCase()
      .replace(/[^\p{L}\p{N}\s-]/gu, '')
      .replaceAll(' ', '-'),
  );
}
