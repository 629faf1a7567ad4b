/** Where what belongs to the user is kept. */
import { homedir } from 'node:os';
import { isAbsolute, posix, resolve, win32 } from 'node:path';

export interface Surroundings {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly platform: NodeJS.Platform;
  readonly home: string;
}

const here: Surroundings = { env: process.env, platform: process.platform, home: homedir() };

/** The system's folder for the data of programs: XDG_DATA_HOME, Application Support, APPDATA. */
function userDataFolder({ env, platform, home }: Surroundings): string {
  // An empty variable is as good as none, and the XDG specification has relative ones ignored.
  const given = (name: string) => (isAbsolute(env[name] ?? '') ? env[name] : undefined);
  switch (platform) {
    case 'win32':
      return env['APPDATA'] || win32.join(home, 'AppData', 'Roaming');
    case 'darwin':
      return posix.join(home, 'Library', 'Application Support');
    default:
      return given('XDG_DATA_HOME') ?? posix.join(home, '.local', 'share');
  }
}

/** Of headscope: settings, and the projects that were not put elsewhere. */
export function headscopeFolder(surroundings: Surroundings = here): string {
  const { join } = surroundings.platform === 'win32' ? win32 : posix;
  return join(userDataFolder(surroundings), 'headscope');
}

/** The folder that is named, else HEADSCOPE_PROJECT, else one project for everything. */
export function projectFolder(named?: string, surroundings: Surroundings = here): string {
  const { join } = surroundings.platform === 'win32' ? win32 : posix;
  const chosen = named ?? (surroundings.env['HEADSCOPE_PROJECT'] || undefined);
  return chosen === undefined ? join(headscopeFolder(surroundings), 'projects', 'default') : resolve(chosen);
}
