/** What the engine had to say, newest first. */
import type { ReactElement } from 'react';
import type { Notice } from '../../engine/results/workbench.ts';

export function NoticeList({ notices }: { readonly notices: readonly Notice[] }): ReactElement {
  if (notices.length === 0) return <p className="tray-quiet">Nothing to tell.</p>;
  return (
    <ul className="jobs">
      {notices.toReversed().map(({ time, level, text }) => (
        <li key={`${time} ${text}`} className="jobs-notice" data-level={level}>
          <time className="tray-quiet" dateTime={time}>
            {new Date(time).toLocaleTimeString('en-GB', { hour: '2-digit', minute: '2-digit' })}
          </time>
          <span>{text}</span>
        </li>
      ))}
    </ul>
  );
}
