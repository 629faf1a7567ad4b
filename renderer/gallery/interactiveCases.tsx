import type { ReactElement } from 'react';
import { useEffect, useMemo, useRef, useState } from 'react';
import type { MapSource } from '../marks/attentionMap/attentionMap.tsx';
import { AttentionMap } from '../marks/attentionMap/attentionMap.tsx';
import type { ColourScale } from '../marks/colour.ts';
import { HeadMatrix } from '../marks/headMatrix/headMatrix.tsx';
import type { HeadShape } from '../marks/headShape.ts';
import { cellName } from '../marks/headShape.ts';
import { createHighlight } from '../marks/highlight.ts';
import type { Picture } from '../marks/picture.ts';
import { Scatter } from '../marks/scatter/scatter.tsx';
import type { Token } from '../marks/tokens/token.ts';
import { longMapValue, shares } from './sampleData.ts';
import type { GalleryCase } from './galleryCase.ts';

const shape: HeadShape = { layers: 32, heads: 32, kvHeads: 8 };
const induction = shares(1024, 4);
const previous = shares(1024, 7);
const share: ColourScale = { kind: 'sequential', low: 0, high: 1 };
const name = (index: number) => cellName(shape, index);

/** A matrix and a scatter that share hover and selection, with a record of what was called back. */
function LinkedViews(): ReactElement {
  const highlight = useMemo(() => createHighlight(), []);
  const [set, setSet] = useState<ReadonlySet<number>>(new Set());
  const [primary, setPrimary] = useState<number | null>(null);
  const record = useRef<HTMLOutputElement>(null);
  const picture = useRef<Picture>(null);
  const note = (text: string) => record.current?.append(`${text}\n`);
  useEffect(() => note('rendered'));
  const toggle = (index: number) =>
    setSet((old) => new Set(old.has(index) ? [...old].filter((one) => one !== index) : [...old, index]));
  const shared = { highlight, set, primary, onHover: highlight.set, onPrimary: setPrimary, onToggle: toggle };
  return (
    <div className="case-row">
      <HeadMatrix
        {...{ width: 380, height: 344, shape, values: induction, scale: share, ...shared }}
        measure="induction"
        onPaint={(index, phase) => note(`${phase} ${name(index)}`)}
        onExtend={(from, to) => note(`extend ${name(from)} ${name(to)}`)}
        label="Induction score of each head"
        ref={picture}
      />
      <Scatter
        {...{ width: 220, height: 344, name, ...shared }}
        x={{ title: 'induction', values: induction }}
        y={{ title: 'previous token', values: previous }}
        onLasso={(indices) => note(`lasso ${indices.length}`)}
        label="Induction against previous token"
      />
      <button
        type="button"
        className="spoken"
        onClick={() => {
          note(`svg ${picture.current?.toSvg()?.length ?? 0}`);
          void picture.current?.toPng(1).then((blob) => note(`png ${blob.size}`));
        }}
      >
        Export
      </button>
      <output ref={record} className="spoken" />
    </div>
  );
}

/** Numbers that are written in place, as those of a run that goes on: nothing renders. */
function Filling(): ReactElement {
  const values = useMemo(() => new Float32Array(1024).fill(NaN), []);
  const written = useMemo(() => createHighlight(), []);
  const fill = () => {
    values.set(induction);
    written.set(1);
  };
  return (
    <div>
      <HeadMatrix
        {...{ width: 380, height: 344, shape, values, scale: share, changes: written.subscribe }}
        measure="induction"
        label="Induction score of each head"
      />
      <button type="button" className="spoken" onClick={fill}>
        Fill
      </button>
    </div>
  );
}

const tokens: readonly Token[] = Array.from({ length: 4096 }, (_, i) => ({ text: ` w${i}` }));

/** Counts what is asked of it. */
function LongMap(): ReactElement {
  const record = useRef<HTMLOutputElement>(null);
  const source = useMemo<MapSource>(() => {
    return {
      subscribe: () => () => undefined,
      read: ({ level, queries, keys }) => {
        // One cell is asked for to say it aloud.
        if (queries[1] - queries[0] > 1) record.current?.append(`tile ${level}\n`);
        const size = 2 ** level;
        const columns = Math.ceil((keys[1] - keys[0]) / size);
        return Float32Array.from({ length: Math.ceil((queries[1] - queries[0]) / size) * columns }, (_, i) =>
          longMapValue(queries[0] + Math.floor(i / columns) * size, keys[0] + (i % columns) * size, size),
        );
      },
    };
  }, []);
  return (
    <div>
      <AttentionMap
        {...{ width: 464, height: 384, tokens, source, scale: share, log: true }}
        onRow={(query) => record.current?.append(`row ${query}\n`)}
        measure="pattern"
        label="Pattern over 4,096 tokens"
      />
      <output ref={record} className="spoken" />
    </div>
  );
}

/** For tests that press, drag and type; drawn as they are at the start. */
export const interactiveCases: readonly GalleryCase[] = [
  { name: 'linked', width: 640, height: 360, Drawing: LinkedViews },
  { name: 'filling', width: 400, height: 360, Drawing: Filling },
  { name: 'long-map', width: 480, height: 400, Drawing: LongMap },
];
