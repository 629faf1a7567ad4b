/** A browser for tests: one of the system, or the one that comes packaged with npm. */
import { execFile } from 'node:child_process';
import { accessSync, constants, existsSync, mkdirSync, mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { promisify } from 'node:util';
import type { Browser } from 'playwright-core';
import { chromium } from 'playwright-core';

export interface LaunchOptions {
  /** Always the packaged one: its pictures are alike on every machine. */
  readonly packaged?: boolean;
}

const names = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable', 'chrome'];

/** `CHROME_PATH` first, then the names above on PATH; null where there is none. */
export function findSystemBrowser(env: NodeJS.ProcessEnv = process.env): string | null {
  const folders = (env['PATH'] ?? '').split(delimiter).filter((folder) => folder !== '');
  const candidates = [
    env['CHROME_PATH'] ?? '',
    ...names.flatMap((name) => folders.map((folder) => join(folder, name))),
  ];
  return candidates.find((path) => path !== '' && isExecutable(path)) ?? null;
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

/** Headless, talks to nothing by itself, draws WebGL in software. The sandbox is off for root, and where HEADSCOPE_NO_SANDBOX is 1. */
export async function launchChromium({ packaged = false }: LaunchOptions = {}): Promise<Browser> {
  const system = packaged ? null : findSystemBrowser();
  const executablePath = system ?? join(await unpackChromium(), 'chromium');
  const isRoot = process.getuid?.() === 0;
  return chromium.launch({
    executablePath,
    headless: true,
    chromiumSandbox: !isRoot && process.env['HEADSCOPE_NO_SANDBOX'] !== '1',
    args: [
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-domain-reliability',
      '--disable-sync',
      '--no-first-run',
      '--no-pings',
      '--font-render-hinting=none',
      '--force-color-profile=srgb',
      '--hide-scrollbars',
      '--use-gl=angle',
      '--use-angle=swiftshader',
      '--enable-unsafe-swiftshader',
    ],
    env: system === null ? packagedEnvironment(executablePath) : definedOnly(process.env),
  });
}

/** Only the packaged fonts are seen, so that missing letters look the same everywhere. */
function packagedEnvironment(executablePath: string): Record<string, string> {
  return { ...definedOnly(process.env), FONTCONFIG_FILE: join(executablePath, '..', 'only-packaged-fonts.conf') };
}

function definedOnly(env: NodeJS.ProcessEnv): Record<string, string> {
  return Object.fromEntries(Object.entries(env).filter((entry): entry is [string, string] => entry[1] !== undefined));
}

const cache = join(import.meta.dirname, '..', '..', 'node_modules', '.cache', 'headscope-chromium');

/** Unpacks once into a folder of its own, which appears all at once, so that several test processes can ask at the same time. */
async function unpackChromium(): Promise<string> {
  if (existsSync(cache)) return cache;
  mkdirSync(join(cache, '..'), { recursive: true });
  const folder = mkdtempSync(`${cache}-`);
  await unpackInto(folder);
  writeFileSync(join(folder, 'only-packaged-fonts.conf'), fontsConf(join(cache, 'fonts'), join(cache, 'font-cache')));
  publish(folder);
  return cache;
}

/**
 * The package unpacks into the folder for temporary files and takes what lies there by that name for its own: a process of
 * its own has another such folder, so that whoever asks for one here meanwhile still gets that of the system.
 */
async function unpackInto(folder: string): Promise<void> {
  const program = `await (await import(${JSON.stringify(import.meta.resolve('@sparticuz/chromium'))})).default.executablePath()`;
  await promisify(execFile)(process.execPath, ['--input-type=module', '--eval', program], {
    env: { ...process.env, TMPDIR: folder },
  });
}

function fontsConf(fonts: string, fontCache: string): string {
  return `<?xml version="1.0"?>\n<fontconfig><dir>${fonts}</dir><cachedir>${fontCache}</cachedir></fontconfig>\n`;
}

/** Another process may have been quicker: then its folder stays. */
function publish(folder: string): void {
  try {
    renameSync(folder, cache);
  } catch (error) {
    if (!existsSync(cache)) throw error;
    rmSync(folder, { recursive: true });
  }
}
