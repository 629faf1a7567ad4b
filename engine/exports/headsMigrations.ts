/** heads.json as older versions of its schema wrote it, brought to the present one. Imports terms only. */
import { Fault } from '../terms/fault.ts';
import { headsSchema, headsVersion } from './headsSchema.ts';
import { shown } from './shown.ts';

type Fields = Readonly<Record<string, unknown>>;

/** One step each: from the version that it is named by to the next. */
const migrations: Readonly<Record<string, (file: Fields) => Fields>> = { '1.0.0': to110, '1.1.0': to120 };

/** The value as the present schema has it, still to be checked. Throws Fault for a version that is not known. */
export function migrated(value: unknown, where: string): unknown {
  if (!isHeads(value) || value['schema_version'] === headsVersion) return value;
  const version = value['schema_version'];
  const migrate = typeof version === 'string' && Object.hasOwn(migrations, version) ? migrations[version] : undefined;
  if (migrate !== undefined) return migrated(migrate(value), where);
  const expected = [...Object.keys(migrations), headsVersion].join(' or ');
  throw new Fault({ what: 'a version that is not known', where, expected, got: shown(version) });
}

function isHeads(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && 'schema' in value && value.schema === 'head-importance';
}

/** 1.0.0 let these parts hold anything: what does not fit the form that they have now is left out, and the file says so. */
const opened = [
  ...(['interactions', 'prune_plan', 'tensor_slices'] as const),
  ...(['bias_compensation', 'expected', 'evaluation'] as const),
];

function to110(file: Fields): Fields {
  const lost = opened.filter((part) => part in file && !headsSchema.shape[part].safeParse(file[part]).success);
  const kept = Object.entries(file).filter(([name]) => !(lost as readonly string[]).includes(name));
  const warnings: unknown = file['warnings'];
  const said = lost.map((part) => `${part} is left out: written for 1.0.0 in a form that 1.1.0 does not know`);
  return {
    ...Object.fromEntries(kept),
    schema_version: '1.1.0',
    ...(said.length === 0 || !Array.isArray(warnings) ? {} : { warnings: [...(warnings as unknown[]), ...said] }),
  };
}

/** 1.2.0 knows more families of metrics and names a plan's criterion and budget; other values of these were open. */
function to120(file: Fields): Fields {
  return { ...file, schema_version: '1.2.0' };
}
