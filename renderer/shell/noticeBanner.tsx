/** The newest warning of the engine, until it is put away. What is only worth knowing stays in the list. */
import type { ReactElement } from 'react';
import { useState } from 'react';
import { useWatch } from '../api/hooks.ts';
import { IconButton } from '../parts/button.tsx';
import { Icon } from '../parts/icon.tsx';

export function NoticeBanner(): ReactElement | null {
  const notices = useWatch((state) => state.notices);
  /** Time of the newest that was put away. */
  const [seen, setSeen] = useState('');
  const newest = notices.findLast(({ level }) => level !== 'info');
  if (newest === undefined || newest.time <= seen) return null;
  return (
    <div className="banner" role="alert">
      <Icon name="warning" />
      <span>{newest.text}</span>
      <IconButton icon="close" label="Put away" onClick={() => setSeen(newest.time)} />
    </div>
  );
}
