/** All shortcuts, by group. */
import type { ReactElement } from 'react';
import { useWorkbench } from '../api/workbench.ts';
import { Dialog } from '../parts/dialog.tsx';
import { Kbd } from '../parts/kbd.tsx';
import { shortcutIds, shortcutOf } from '../state/shortcuts.ts';
import './shortcutDrawer.css';

const groups = {
  window: 'Window',
  places: 'Places',
  heads: 'Heads',
  tokens: 'Tokens',
  jobs: 'Jobs',
  matrix: 'In a matrix or list',
} as const;

export function ShortcutDrawer(): ReactElement {
  const { dialogs } = useWorkbench();
  return (
    <Dialog
      isOpen
      onClose={dialogs.close}
      title="Shortcuts"
      shape="drawer"
      about="Letters are off while text is typed."
    >
      {Object.entries(groups).map(([group, title]) => (
        <section key={group} className="keys">
          <h3>{title}</h3>
          <dl>
            {shortcutIds
              .map((id) => ({ id, ...shortcutOf(id) }))
              .filter((shortcut) => shortcut.group === group)
              .map(({ id, title: words, keys }) => (
                <div key={id}>
                  <dt>{words}</dt>
                  <dd>
                    {keys.map((chord) => (
                      <Kbd key={chord} keys={chord} />
                    ))}
                  </dd>
                </div>
              ))}
          </dl>
        </section>
      ))}
    </Dialog>
  );
}
