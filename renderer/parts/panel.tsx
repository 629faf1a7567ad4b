/**
 * A part of a view: a header with title, controls and what it shows, and a menu to take it elsewhere (CSV, PNG, SVG), to see
 * it as a table, and to arrange its pane.
 */
import type { ReactElement, ReactNode } from 'react';
import { useState } from 'react';
import { saveFile } from '../api/saveFile.ts';
import { useShortcut } from '../api/useShortcut.ts';
import type { Picture } from '../marks/picture.ts';
import { IconButton } from './button.tsx';
import { classNames } from './classNames.ts';
import { copyText } from './copyText.ts';
import type { MenuItem } from './menu.tsx';
import { Menu } from './menu.tsx';
import './panel.css';
import type { Pane } from './paneContext.ts';
import { usePane } from './paneContext.ts';

export interface PanelExport {
  /** File name without its ending. */
  readonly name: string;
  readonly csv?: () => string;
  /** The drawing, once it is there. */
  readonly picture?: () => Picture | null;
  /** Drawn as pixels only: there is no SVG of it. */
  readonly isPixels?: boolean;
}

export interface PanelProps {
  readonly title: string;
  /** Selects and buttons, right of the title. */
  readonly controls?: ReactNode;
  /** A short sentence on what is shown: measure, n. Cut where there is no room, and then told by its title. */
  readonly caption?: string;
  /** At the right end of the header: legend, numbers. */
  readonly aside?: ReactNode;
  readonly exports?: PanelExport;
  /** The same as a table; the menu then offers it. */
  readonly table?: () => ReactNode;
  readonly actions?: readonly MenuItem[];
  /** The body scrolls and has a margin; off for drawings that fill it. */
  readonly isPage?: boolean;
  readonly className?: string;
  readonly children: ReactNode;
}

export function Panel(props: PanelProps): ReactElement {
  const { title, controls, caption, aside, table, isPage = false, className, children } = props;
  const pane = usePane();
  const [isTable, setIsTable] = useState(false);
  const [isMenuOpen, setIsMenuOpen] = useState(false);
  useShortcut('export', pane === null || props.exports === undefined ? null : () => setIsMenuOpen(true));
  const shown = isTable && table !== undefined ? table() : children;
  const items = [
    ...(table === undefined ? [] : [tableItem(isTable, () => setIsTable(!isTable))]),
    ...exportItems(props.exports),
    ...(props.actions ?? []),
    ...paneItems(pane),
  ];
  return (
    <section className={classNames('panel', className)} aria-label={title}>
      <header className="panel-head">
        <h2 className="panel-title">{title}</h2>
        {controls}
        {caption !== undefined && (
          <p className="panel-caption" title={caption}>
            {caption}
          </p>
        )}
        <div className="panel-aside">{aside}</div>
        {items.length > 0 && (
          <Menu
            label={`${title}: more`}
            items={items}
            isOpen={isMenuOpen}
            onOpenChange={setIsMenuOpen}
            trigger={<IconButton icon="more" label={`${title}: more`} className="panel-more" />}
          />
        )}
      </header>
      <div className="panel-body" data-page={isPage || isTable}>
        {shown}
      </div>
    </section>
  );
}

function tableItem(isOn: boolean, onChoose: () => void): MenuItem {
  return { title: 'Show as table', icon: 'table', isOn, onChoose };
}

function exportItems(exports: PanelExport | undefined): readonly MenuItem[] {
  if (exports === undefined) return [];
  const { name, csv, picture, isPixels = false } = exports;
  const tables: readonly MenuItem[] =
    csv === undefined
      ? []
      : [
          { title: 'Copy as CSV', onChoose: () => void copyText(csv()) },
          {
            title: 'Save as CSV',
            icon: 'download',
            onChoose: () => void saveFile({ name: `${name}.csv`, mediaType: 'text/csv', data: csv() }),
          },
        ];
  const pictures: readonly MenuItem[] =
    picture === undefined
      ? []
      : [
          { title: 'Save as PNG', icon: 'download', onChoose: () => void savePng(name, picture()) },
          ...(isPixels
            ? []
            : [{ title: 'Save as SVG', icon: 'download', onChoose: () => void saveSvg(name, picture()) } as const]),
        ];
  return [...tables, ...pictures];
}

async function savePng(name: string, picture: Picture | null): Promise<void> {
  if (picture !== null) await saveFile({ name: `${name}.png`, mediaType: 'image/png', data: await picture.toPng() });
}

async function saveSvg(name: string, picture: Picture | null): Promise<void> {
  const text = picture?.toSvg() ?? null;
  if (text !== null) await saveFile({ name: `${name}.svg`, mediaType: 'image/svg+xml', data: text });
}

function paneItems(pane: Pane | null): readonly MenuItem[] {
  if (pane === null) return [];
  const { split, close } = pane;
  return [
    { title: 'Full pane', icon: 'full', keys: 'F', isOn: pane.isFull, begins: true, onChoose: pane.toggleFull },
    ...(split === null ? [] : [{ title: 'Split', icon: 'split', onChoose: split } as const]),
    ...(close === null ? [] : [{ title: 'Close pane', icon: 'close', onChoose: close } as const]),
  ];
}
