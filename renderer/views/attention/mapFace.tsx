/** The map of one head, or what two maps differ in. */
import type { ReactElement } from 'react';
import { useMemo, useRef } from 'react';
import { useStore } from 'zustand';
import { useSelection } from '../../api/hooks.ts';
import { Legend } from '../../marks/legend.tsx';
import type { Picture } from '../../marks/picture.ts';
import { tokenLabel } from '../../marks/tokens/displayToken.ts';
import { Empty, Loading } from '../../parts/states.tsx';
import { AttentionPanel } from './attentionPanel.tsx';
import type { Compared } from './comparison.ts';
import { comparison } from './comparison.ts';
import { MapDrawing } from './mapDrawing.tsx';
import { mapScale } from './mapScale.ts';
import type { Scene } from './scene.ts';
import { useShownRow } from './shownRow.ts';
import type { MapInUse } from './useHeadMap.ts';
import { useHeadMap } from './useHeadMap.ts';
import { CompareSelect, LogSwitch, MeasureSelect, SinkSwitch, ThresholdSlider } from './viewOptions.tsx';
import { weightRows, weightsCsv } from './weightRows.ts';
import { WeightTable } from './weightTable.tsx';
import { useWeightWords } from './weightWords.ts';

export interface FaceProps {
  readonly scene: Scene;
}

export function MapFace({ scene }: FaceProps): ReactElement {
  const pinned = useSelection((state) => state.pinned);
  const set = useSelection((state) => state.set);
  const { subject } = scene.reader;
  const { head, prompt, settings } = scene;
  const compared = useMemo(
    () => comparison(settings.compare, { subject, prompt, head, pinned, set }),
    [settings.compare, subject, prompt, head, pinned, set],
  );
  if (typeof compared !== 'string') return <ComparedMap scene={scene} compared={compared} />;
  return (
    <AttentionPanel {...scene} at={scene} options={<MapOptions scene={scene} />}>
      <Empty title="Nothing to compare with">{compared}</Empty>
    </AttentionPanel>
  );
}

function MapOptions({ scene: { settings, change } }: FaceProps): ReactElement {
  const inUse = { settings, change };
  return (
    <>
      <MeasureSelect {...inUse} />
      <CompareSelect {...inUse} />
      <LogSwitch {...inUse} />
      <SinkSwitch {...inUse} />
      <ThresholdSlider {...inUse} />
    </>
  );
}

function ComparedMap({ scene, compared }: FaceProps & { readonly compared: Compared }): ReactElement {
  const inUse = useHeadMap(scene.reader, compared);
  if (inUse !== null) return <OneMap key="map" {...{ scene, compared, inUse }} />;
  return (
    <AttentionPanel {...scene} at={scene} options={<MapOptions scene={scene} />}>
      <Loading what="Reading the map" />
    </AttentionPanel>
  );
}

interface OneMapProps extends FaceProps {
  readonly compared: Compared;
  readonly inUse: MapInUse;
}

function OneMap({ scene, compared, inUse }: OneMapProps): ReactElement {
  const { map } = inUse;
  const { settings, prompt } = scene;
  const isDifference = compared.b !== null;
  const picture = useRef<Picture>(null);
  const words = useWeightWords(scene, isDifference);
  const scale = useScale(inUse, scene, isDifference);
  const row = useShownRow(settings.side, map.tokens, compared, inUse);
  const rows = () => weightRows(map, row);
  const isLog = settings.log && !isDifference;
  const copy = useCopyCell(inUse, scene, compared);
  return (
    <AttentionPanel
      {...scene}
      at={scene}
      options={<MapOptions scene={scene} />}
      caption={captionOf(isDifference ? `${compared.words}; ${prompt.words}` : prompt.words, map)}
      aside={<Legend scale={scale} title={words.measure} width={96} log={isLog} />}
      exports={{
        name: `attention ${compared.words}`,
        csv: () => weightsCsv(rows(), { ...words, words: compared.words }),
        picture: () => picture.current,
      }}
      table={() => <WeightTable rows={rows()} label={`Attention of ${compared.words}`} {...words} />}
      actions={copy === null ? [] : [{ title: 'Copy cell', onChoose: copy }]}
    >
      <MapDrawing {...{ scene, compared, inUse, scale, words, row, picture, isLog, copy }} />
    </AttentionPanel>
  );
}

function captionOf(words: string, { tokens, pool }: MapInUse['map']): string {
  const pooled =
    tokens > 256 ? `; from afar a cell shows the ${pool === 'max' ? 'largest' : 'mean'} of its square` : '';
  return `${words}, ${tokens} tokens, rows: queries${pooled}`;
}

/** The scale follows the largest value that has come, in round steps. */
function useScale({ map }: MapInUse, { settings: { measure } }: Scene, isDifference: boolean) {
  const top = useStore(map.store, ({ largest }) => mapScale.topOf(measure, isDifference, largest));
  return useMemo(() => mapScale.of(isDifference, top), [isDifference, top]);
}

/** Tab-separated, to be put into a spreadsheet; null while no cell is chosen. */
function useCopyCell({ map }: MapInUse, { prompt: { tokens } }: Scene, { words }: Compared): (() => void) | null {
  const query = useSelection((state) => state.query);
  const key = useSelection((state) => state.key);
  if (query === null || key === null || key > query || query >= tokens.length) return null;
  return () => {
    const name = (index: number) => tokenLabel(tokens[index] ?? { text: '' });
    const known = map.valueAt(query, key);
    const cells = [words, query, name(query), key, name(key), known?.step === 1 ? known.value : ''];
    void navigator.clipboard.writeText(cells.join('\t'));
  };
}
