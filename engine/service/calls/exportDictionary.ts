/** A dictionary for another tool, or its features as a page or as JSON. */
import { mkdir } from 'node:fs/promises';
import { dirname } from 'node:path';
import { writeAtomically } from '../../files/writeAtomically.ts';
import type { RequestOf, ResultOf, Service } from '../../results/index.ts';
import { dashboardHtml } from '../../../sae/features/dashboardHtml.ts';
import type { DashboardRequest } from '../../../sae/features/dashboardFeatures.ts';
import { saeDashboardJson, saeDashboardVersion } from '../../../sae/features/saeDashboardJson.ts';
import { readDictionary } from '../../../sae/formats/dictionaryFolder.ts';
import { writeSaeLens } from '../../../sae/formats/writeSaeLens.ts';

type Written = ResultOf<'exportDictionary'>;

export function exportDictionaryCall(): Service['exportDictionary'] {
  return async (request) => {
    const { dictionary, format, out } = request;
    switch (format) {
      case 'saelens':
        return writeSaeLens(out, (await readDictionary(dictionary)).dictionary);
      case 'html':
        return written(out, await dashboardHtml(dictionary, shown(request)), []);
      case 'saedashboard': {
        const json = await saeDashboardJson(dictionary, shown(request));
        return written(out, json, [`for SAEDashboard ${saeDashboardVersion}`]);
      }
    }
  };
}

function shown({ features }: RequestOf<'exportDictionary'>): DashboardRequest {
  return features === undefined ? {} : { features };
}

/** Makes its folder. Throws Fault where the file is there already. */
async function written(path: string, text: string, notes: readonly string[]): Promise<Written> {
  // Where it can't be made, writing says why.
  await mkdir(dirname(path), { recursive: true }).catch(() => undefined);
  await writeAtomically(path, [Buffer.from(text)]);
  return { files: [path], notes };
}
