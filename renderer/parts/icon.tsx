/** The icons of the workbench: 16 x 16, one stroke. */

const paths = {
  models: 'M2.5 4h11M2.5 8h11M2.5 12h11',
  prompts: 'M2.5 3h11v8h-6l-3 2.5V11h-2z',
  heads: 'M2.5 2.5h4.5v4.5h-4.5zM9 2.5h4.5v4.5H9zM2.5 9h4.5v4.5h-4.5zM9 9h4.5v4.5H9z',
  attention: 'M3 2.5v10.5h10.5zM3 2.5L13.5 13',
  ablate: 'M3.5 3.5l9 9M12.5 3.5l-9 9',
  retrieval: 'M2.5 13h11M4 10V6.5a4 4 0 0 1 8 0V10M10 8l2 2 2-2',
  circuits:
    'M3 13.5a1.5 1.5 0 1 1 0-.01M13 13.5a1.5 1.5 0 1 1 0-.01M8 4a1.5 1.5 0 1 1 0-.01M7.4 5.3L3.7 11.8M8.6 5.3l3.7 6.5M4.5 13.2h7',
  dictionaries: 'M2.5 13.5v-4M5.2 13.5v-8M8 13.5v-2M10.8 13.5v-11M13.5 13.5v-5',
  prune: 'M5 11a2 2 0 1 1-2-2 2 2 0 0 1 2 2zM5 5a2 2 0 1 1-2-2 2 2 0 0 1 2 2zM4.6 6.2L13.5 12M4.6 9.8L13.5 4',
  runs: 'M4 3v10l9-5z',
  search: 'M7 2.5a4.5 4.5 0 1 1 0 9 4.5 4.5 0 0 1 0-9zM10.5 10.5L14 14',
  close: 'M4 4l8 8M12 4l-8 8',
  down: 'M4 6.5l4 4 4-4',
  right: 'M6.5 4l4 4-4 4',
  left: 'M9.5 4l-4 4 4 4',
  check: 'M3 8.5l3.5 3.5L13 4.5',
  more: 'M3.5 8h.01M8 8h.01M12.5 8h.01',
  full: 'M2.5 6V2.5H6M10 2.5h3.5V6M13.5 10v3.5H10M6 13.5H2.5V10',
  split: 'M2.5 3h11v10h-11zM8 3v10',
  pause: 'M5.5 3.5v9M10.5 3.5v9',
  resume: 'M5 3.5v9l7-4.5z',
  stop: 'M4 4h8v8H4z',
  warning: 'M8 2.5L14.5 13.5h-13zM8 7v3M8 12h.01',
  info: 'M8 2a6 6 0 1 1 0 12A6 6 0 0 1 8 2zM8 7.5v3.5M8 5h.01',
  table: 'M2.5 3h11v10h-11zM2.5 6.5h11M6.5 6.5V13',
  download: 'M8 2.5v8M4.5 7L8 10.5 11.5 7M3 13.5h10',
  pin: 'M6 2.5h4l-.5 4 2.5 2.5H4L6.5 6.5zM8 9v4.5',
  plus: 'M8 3v10M3 8h10',
  undo: 'M6 3L3 6l3 3M3 6h6.5a3.5 3.5 0 0 1 0 7H7',
  sun: 'M8 5a3 3 0 1 1 0 6 3 3 0 0 1 0-6zM8 1.5v1.5M8 13v1.5M1.5 8H3M13 8h1.5M3.4 3.4l1 1M11.6 11.6l1 1M3.4 12.6l1-1M11.6 4.4l1-1',
  copy: 'M5.5 5.5h8v8h-8zM10.5 5.5v-3h-8v8h3',
  folder: 'M2 4h4l1.5 2H14v7H2z',
} as const;

export type IconName = keyof typeof paths;

/** Decoration: what it stands for is said by the text or label beside it. */
export function Icon({ name, size = 16 }: { readonly name: IconName; readonly size?: number }) {
  return (
    <svg className="icon" width={size} height={size} viewBox="0 0 16 16" aria-hidden="true" focusable="false">
      <path
        d={paths[name]}
        fill="none"
        stroke="currentColor"
        strokeWidth={name === 'more' ? 2 : 1.2}
        strokeLinecap="round"
        strokeLinejoin="round"
      />
    </svg>
  );
}
