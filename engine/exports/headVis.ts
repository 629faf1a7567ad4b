/** The folder that HeadVis (anthropics/headvis) shows: config.json, scatter_data.json and a file for each head. Imports terms and results only. */
import * as z from 'zod';
import type { ExpectedModel, HeadTable, NamedFile } from '../results/importedScores.ts';
import { validate } from '../results/validate.ts';
import { Fault } from '../terms/fault.ts';
import type { AboutTables, ExportFormat, ReadScores, Written } from './exportFormat.ts';
import { finite } from './headsParts.ts';
import type { Place } from './headKey.ts';
import { placesOf } from './headKey.ts';
import { requireOnce } from './headLists.ts';
import { headTable } from './headTable.ts';
import { hasKeys } from './isObject.ts';
import { onlyTable } from './ranked.ts';
import type { ScoresSource } from './scoresSource.ts';
import { textFile } from './textFile.ts';
import { countedFromOne, gridOfPlaces, wholeOfSmaller } from './unitGrid.ts';
import { shown } from './shown.ts';

export const headVis: ExportFormat = {
  id: 'head-vis',
  title: 'HeadVis folder (config.json, scatter_data.json, heads/)',
  file: null,
  reader: {
    looksLike: (source) => hasKeys(source.peek('config.json'), 'metrics') && source.named('scatter_data.json') !== null,
    read: readHeadVis,
  },
  write: writeHeadVis,
};

const count = z.int().min(0);
const config = z.looseObject({
  model_name: z.string().exactOptional(),
  dataset_name: z.string().exactOptional(),
  n_layers: count.exactOptional(),
  metrics: z.array(z.string().max(200)).max(1000),
  metric_descriptions: z.record(z.string(), z.string()).exactOptional(),
});
const rows = z.array(z.looseObject({ layer: count, head: count }));
type Rows = z.infer<typeof rows>;

/** One table for each metric; layers without softmax attention, as hybrid models have, are unknown. */
function readHeadVis(source: ScoresSource, model: ExpectedModel | null): ReadScores {
  const { where } = source;
  const {
    metrics,
    metric_descriptions: about = {},
    model_name,
    n_layers,
  } = validate(config, source.json('config.json'), `${where}: config.json`);
  const scatter = validate(rows, source.json('scatter_data.json'), `${where}: scatter_data.json`);
  const places = scatter.map(({ layer, head }): Place => ({ layer, index: head }));
  requireOnce(places, where);
  const grid = gridOfPlaces(places, 'head', model, where);
  const tables = [...new Set(metrics)].map((metric) => {
    const values = new Float32Array(grid.size).fill(NaN);
    valuesOf(scatter, metric, where).forEach(
      (value, i) => (values[grid.rowOf(places[i] ?? { layer: 0, index: 0 })] = value),
    );
    const title = Object.hasOwn(about, metric) ? `${metric}: ${about[metric]}` : metric;
    return headTable({ id: metric, title, kind: 'pattern', unit: 'head', perLayer: grid.perLayer, values });
  });
  const missing = grid.size - places.length;
  const notes = missing === 0 ? [] : [`${missing} of ${grid.size} heads are not in the folder: unknown, not 0`];
  const doubts = [
    ...countedFromOne(places, model, ['index']),
    ...wholeOfSmaller(places, grid),
    ...layersDoubt(n_layers, model),
  ];
  return { tables, model: { name: model_name ?? null }, notes, doubts };
}

function layersDoubt(layers: number | undefined, model: ExpectedModel | null): string[] {
  if (layers === undefined || model === null || layers === model.perLayer.length) return [];
  return [`the folder is of a model of ${layers} layers, the one here has ${model.perLayer.length}`];
}

function valuesOf(scatter: Rows, metric: string, where: string): number[] {
  return scatter.map((row) => {
    const value: unknown = Object.hasOwn(row, metric) ? row[metric] : null;
    if (value === null) return NaN;
    if (typeof value === 'number' && Number.isFinite(value)) return value;
    const at = `${where}: scatter_data.json, L${row.layer}H${row.head}`;
    throw new Fault({
      what: 'no finite number',
      where: at,
      expected: metric,
      got: shown(value),
    });
  });
}

/** Every table is a metric. Sequences are not in tables: the files of the heads have none, and the viewer shows the scatter. */
function writeHeadVis(tables: readonly HeadTable[], about: AboutTables): Written {
  const [first] = tables;
  if (first === undefined) throw new Fault({ what: 'no table to write', where: 'head-vis' });
  for (const table of tables) onlyTable([table], 'head', 'head-vis');
  const places = placesOf(first.perLayer);
  const scatter = places.map((place, row) => ({ layer: place.layer, head: place.index, ...metricsAt(tables, row) }));
  const files = [
    jsonFile('config.json', configOf(tables, places, about)),
    jsonFile('scatter_data.json', scatter),
    jsonFile('server_config.json', {}),
    jsonFile('attributions/manifest.json', {}),
    ...places.map(({ layer, index }) => jsonFile(`heads/L${layer}H${index}.json`, emptyHead)),
  ];
  return { files, notes: ['the heads have no sequences: HeadVis shows the scatter, and empty pages for single heads'] };
}

function metricsAt(tables: readonly HeadTable[], row: number): Record<string, number | null> {
  return Object.fromEntries(tables.map(({ id, values }) => [id, finite(values[row] ?? NaN)]));
}

const emptyHead = {
  sequences: [],
  top_query_tokens: [],
  top_key_tokens: [],
  statistics: { n_samples: 0, mean_max_activation: null },
};

function configOf(tables: readonly HeadTable[], places: readonly Place[], about: AboutTables): Record<string, unknown> {
  const perLayer = tables[0]?.perLayer ?? [];
  return {
    model_name: about.model ?? '',
    dataset_name: about.dataset ?? '',
    heads: places.map(({ layer, index }) => [layer, index]),
    n_layers: perLayer.length,
    n_heads: perLayer.reduce((most, heads) => Math.max(most, heads), 0),
    n_intervals: 1,
    metrics: tables.map(({ id }) => id),
    metric_descriptions: Object.fromEntries(tables.map(({ id, title }) => [id, title])),
    head_data_pattern: 'L{layer}H{head}.json',
    has_umap: false,
    umap_heads: [],
    custom_plots: [],
    custom_tables: [],
    statistics_display: { n_samples: { label: 'Samples kept', format: 'default' } },
    pipeline_config: { tool: 'headscope', version: about.version, created_at: about.created },
  };
}

function jsonFile(name: string, value: unknown): NamedFile {
  return textFile(name, `${JSON.stringify(value)}\n`);
}
