import type { ReactElement } from 'react';
import { useEffect } from 'react';
import type { GalleryCase } from './galleryCase.ts';
import { galleryCases } from './galleryCases.tsx';

/** One case at its fixed size, or all of them. */
export function Gallery({ name }: { readonly name: string | null }): ReactElement {
  useEffect(markReady, []);
  const one = galleryCases.find((entry) => entry.name === name);
  if (one !== undefined) return <Shown entry={one} />;
  return (
    <main className="gallery">
      <h1>Drawings</h1>
      {name !== null && <p>There is no case {name}.</p>}
      {galleryCases.map((entry) => (
        <section key={entry.name}>
          <h2>
            <a href={`?case=${entry.name}`}>{entry.name}</a>
          </h2>
          <Shown entry={entry} />
        </section>
      ))}
    </main>
  );
}

function Shown({ entry: { width, height, Drawing } }: { readonly entry: GalleryCase }): ReactElement {
  return (
    <div className="case" style={{ width, height }}>
      <Drawing />
    </div>
  );
}

/** Says to a test that fonts are there and all has been drawn with them. */
function markReady(): void {
  const settled = Promise.all(
    ['11px "Inter Variable"', '600 11px "Inter Variable"', '11px "JetBrains Mono Variable"'].map((font) =>
      document.fonts.load(font),
    ),
  );
  void settled.then(() => {
    requestAnimationFrame(() => requestAnimationFrame(() => document.body.setAttribute('data-ready', 'true')));
  });
}
