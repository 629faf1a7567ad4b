/** What the palette can run. */
import type { ShortcutId } from './shortcuts.ts';

export interface CommandSpec<W> {
  readonly id: string;
  readonly title: string;
  /** Its shortcut, where it has one. */
  readonly shortcut?: ShortcutId;
  /** Listed only where true. */
  readonly isAvailable?: (workbench: W) => boolean;
  readonly run: (workbench: W) => void | Promise<void>;
}
